import Foundation

/// What the bank does with an instruction.
enum Behaviour: String, Codable, Sendable, CaseIterable {
    /// Books it and answers.
    case accept
    /// Rejects it with a reason.
    case reject
    /// Accepts it and books it later; the answer is then in the list of answers.
    case delay
    /// Books it, answers, and repeats the answer twice in the list of answers.
    case twice
    /// Books it, and answers after the caller's timeout.
    case late
    /// Ignores it the first time: no booking, no answer. The second time it is accepted.
    case lose
    /// Rejects it, then books it and reports the booking in the list of answers.
    case contradict
    /// Books one fen more than instructed.
    case misbook
    /// Books it, answers, and returns the money; only the statement shows the return.
    case giveBack
}

/// The share of each behaviour, in hundredths of a percent; the rest is `accept`.
struct Shares: Codable, Sendable, Hashable {
    private let basisPoints: [String: Int]

    /// `accept`, except for the given shares.
    init(_ shares: [Behaviour: Int] = [:]) {
        basisPoints = Dictionary(uniqueKeysWithValues: shares.map { ($0.key.rawValue, $0.value) })
    }

    /// Parses `reject=1000,delay=500`; nil if the text is invalid.
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

    /// The behaviour for an instruction, determined by seed and id alone.
    func behaviour(seed: UInt64, id: UUID) -> Behaviour {
        var remaining = Int(Self.hash(seed, id) % 10_000)
        for behaviour in Behaviour.allCases {
            let share = basisPoints[behaviour.rawValue] ?? 0
            if remaining < share { return behaviour }
            remaining -= share
        }
        return .accept
    }

    /// FNV-1a over seed and id, mixed once more so that the low digits are uniform too.
    static func hash(_ seed: UInt64, _ id: UUID) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let seedBytes = (0..<8).map { UInt8(truncatingIfNeeded: seed >> (8 * UInt64($0))) }
        for byte in seedBytes + Array(id.uuidString.utf8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return (hash ^ (hash >> 29)) &* 0xbf58_476d_1ce4_e5b9 >> 16
    }
}
