/// One command of a world. Which one it is follows from the seed and its number alone, so that there is always a next one.
struct PlannedCommand: Hashable, Sendable {
    /// The counters that a world's commands are spread over.
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
        var random = SeededGenerator(seed: seed ^ (UInt64(number) &* 0xd6e8_feb8_6659_fd93))
        self.number = number
        counter = "c\(Int.random(in: 0..<Self.counters, using: &random))"
        // Now and then more is asked for than can be there: it is refused, which is an answer too.
        amount = Int.random(in: 0..<25, using: &random) == 0 ? -1_000_000_000 : Int64.random(in: 1...9, using: &random)
    }

    /// Whether the counter does it.
    var isPossible: Bool { amount > 0 }
}
