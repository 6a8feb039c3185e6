import Foundation

/// What the bank does with an instruction.
enum Behaviour: String, Codable, Sendable, CaseIterable {
    /// Books it and says so.
    case accept
    /// Rejects it and says why.
    case reject
    /// Takes it, and books it a while later; the answer lies in the list of answers then.
    case delay
    /// Books it, says so, and says so twice more in the list of answers.
    case twice
    /// Books it, and answers only when the caller has long given up.
    case late
    /// Loses it on the way the first time: no booking, no answer. The second time it is accepted.
    case lose
    /// Rejects it, and then says in the list of answers that it was booked after all, and books it.
    case contradict
    /// Books a fen more than it was told.
    case misbook
    /// Books it, says so, and gives the money back: only the statement shows that.
    case giveBack
}

/// How often the bank does what, in hundredths of a percent; the rest is `accept`.
struct Shares: Codable, Sendable, Hashable {
    private let basisPoints: [String: Int]

    /// Nothing but `accept`, with some shares of others.
    init(_ shares: [Behaviour: Int] = [:]) {
        basisPoints = Dictionary(uniqueKeysWithValues: shares.map { ($0.key.rawValue, $0.value) })
    }

    /// Reads `reject=1000,delay=500`; nil for anything else.
    init?(text: String) {
        var shares: [Behaviour: Int] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, let behaviour = Behaviour(rawValue: String(pair[0])), let share = Int(pair[1]),
                (0...10_000).contains(share)
            else { return nil }
            shares[behaviour] = share
        }
        self.init(shares)
    }

    init(from decoder: any Decoder) throws { basisPoints = try [String: Int](from: decoder) }

    func encode(to encoder: any Encoder) throws { try basisPoints.encode(to: encoder) }

    /// What is done with an instruction: the same for the same seed and id, whenever and wherever it comes.
    func behaviour(seed: UInt64, id: UUID) -> Behaviour {
        var place = Int(Self.hash(seed, id) % 10_000)
        for behaviour in Behaviour.allCases {
            let share = basisPoints[behaviour.rawValue] ?? 0
            if place < share { return behaviour }
            place -= share
        }
        return .accept
    }

    /// FNV-1a over seed and id, spread once more so that low digits are as good as high ones.
    static func hash(_ seed: UInt64, _ id: UUID) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let seedBytes = (0..<8).map { UInt8(truncatingIfNeeded: seed >> (8 * UInt64($0))) }
        for byte in seedBytes + Array(id.uuidString.utf8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return (hash ^ (hash >> 29)) &* 0xbf58_476d_1ce4_e5b9 >> 16
    }
}
