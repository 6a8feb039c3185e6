import Kernel

/// One command of a test bed. It depends only on the seed and its number, so that there is always a next command.
struct PlannedCommand: Hashable, Sendable {
    /// The number of counters over which a test bed's commands are spread.
    static let counters = 300

    let number: Int
    let counter: String
    let amount: Int64

    init(number: Int, counter: String, amount: Int64) {
        self.number = number
        self.counter = counter
        self.amount = amount
    }

    init(number: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed ^ (UInt64(number) &* 0xd6e8_feb8_6659_fd93))
        self.number = number
        counter = "c\(Int.random(in: 0..<Self.counters, using: &random))"
        // Some commands subtract more than the counter can have and must be refused.
        amount = Int.random(in: 0..<25, using: &random) == 0 ? -1_000_000_000 : Int64.random(in: 1...9, using: &random)
    }

    /// Whether the counter executes the command; otherwise it refuses it.
    var isPossible: Bool { amount > 0 }
}
