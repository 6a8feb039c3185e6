import Kernel

extension Group {
    /// An amount whose key has its unit: `limitYuan` or `limitFen` for "limit". Not negative and without a fraction.
    func amount(_ stem: String) -> Fen? {
        let (yuanKey, fenKey) = (stem.isEmpty ? "yuan" : stem + "Yuan", stem.isEmpty ? "fen" : stem + "Fen")
        switch (optional(yuanKey), optional(fenKey)) {
        case (let yuan?, nil):
            // 64 bits hold about 92,000 million million yuan in fen.
            return yuan.integer(0...(Int64.max / 100), yuanKey).map { Fen($0 * 100) }
        case (nil, let fen?):
            return fen.integer(0...Int64.max, fenKey).map { Fen($0) }
        case (_?, let fen?):
            fen.fault("\(what) has \(yuanKey) and \(fenKey)", "Keep one of them")
            return nil
        case (nil, nil): return nil
        }
    }

    /// A share in basis points under that key, 0 to 10000.
    func share(_ key: String) -> BasisPoints? {
        guard let item = optional(key), let number = item.integer(0...Int64.max, key) else { return nil }
        guard let share = try? BasisPoints(number) else {
            item.fault("\(key) is \(number): more than 100%", "Write 0 to 10000 basis points; 3000 is 30%")
            return nil
        }
        return share
    }

    func requiredAmount(_ stem: String) -> Fen? {
        guard !has(stem + "Yuan"), !has(stem + "Fen") else { return amount(stem) }
        item.fault("\(what) has no \(stem)Yuan", "Write `\(stem)Yuan:` in whole yuan, or `\(stem)Fen:` in fen")
        return nil
    }

    func days(_ key: String) -> Int? { optional(key)?.integer(1...3660, key).map { Int($0) } }
}
