extension Fen: CustomStringConvertible {
    /// The amount for people: "¥1,234.56", "-¥0.05".
    public var description: String {
        "\(rawValue < 0 ? "-" : "")¥\(Self.grouped(String(rawValue.magnitude / 100))).\(centText)"
    }

    /// The amount in yuan for machines and forms: "1234.56", "-0.05".
    public var yuanText: String {
        "\(rawValue < 0 ? "-" : "")\(rawValue.magnitude / 100).\(centText)"
    }

    private var centText: String {
        let cents = rawValue.magnitude % 100
        return cents < 10 ? "0\(cents)" : "\(cents)"
    }

    private static func grouped(_ digits: String) -> String {
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Parses an amount in yuan: an optional minus, an optional ¥, digits with or without thousands separators, at most two decimals.
    ///
    /// "1234.56", "¥1,234.5", "-￥3" are amounts; "1,23", ".5", "1.", "1e3", "+1" and "1.005" throw `MoneyError.notYuan`. No floating point
    /// is used; an amount outside 64 bits of fen throws `MoneyError.overflow`.
    public init(yuan text: String) throws(MoneyError) {
        guard text.utf8.count <= 64 else { throw .notYuan(reason: "it is too long") }
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        if rest.first == "¥" || rest.first == "￥" { rest.removeFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard parts.count <= 2, parts.count == 1 || !decimals.isEmpty else { throw .notYuan(reason: "its decimal point is out of place") }
        guard decimals.count <= 2 else { throw .notYuan(reason: "it has more than two decimals") }
        let digits = try Self.ungrouped(parts[0]) + decimals + String(repeating: "0", count: 2 - decimals.count)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .notYuan(reason: "it has characters other than digits") }
        guard let fen = Int64((isNegative ? "-" : "") + digits) else { throw .overflow(operation: "yuan to fen") }
        self.init(fen)
    }

    private static func ungrouped(_ text: Substring) throws(MoneyError) -> String {
        guard !text.isEmpty else { throw .notYuan(reason: "it has no digits before the decimal point") }
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let head = groups.first, groups.count > 1 else { return String(text) }
        guard (1...3).contains(head.count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
            throw .notYuan(reason: "its thousands separators are out of place")
        }
        return groups.joined()
    }
}
