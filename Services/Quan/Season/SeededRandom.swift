/// Reproducible random numbers: the same seed gives the same numbers on every machine (SplitMix64).
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter stream: selects independent numbers of the same seed, so that parts of a plan do not influence each other.
    public init(seed: UInt64, stream: UInt64 = 0) { state = seed &+ stream &* 0xD1B5_4A32_D192_ED03 }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// True with the given probability in percent.
    public mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// A random element; `fallback` if there is none.
    public mutating func pick<T>(_ choices: [T], or fallback: T) -> T { choices.randomElement(using: &self) ?? fallback }

    /// A random element by weight; `fallback` if the sum of the weights is not positive.
    public mutating func weighted<T>(_ choices: [(weight: Int, value: T)], or fallback: T) -> T {
        let total = choices.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return fallback }
        var rest = Int.random(in: 0..<total, using: &self)
        for (weight, value) in choices {
            if rest < weight { return value }
            rest -= weight
        }
        return fallback
    }
}
