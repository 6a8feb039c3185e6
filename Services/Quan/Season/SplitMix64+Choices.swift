import Kernel

extension SplitMix64 {
    /// True with the given probability in percent.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// A random element; `fallback` if there is none.
    mutating func pick<T>(_ choices: [T], or fallback: T) -> T { choices.randomElement(using: &self) ?? fallback }

    /// A random element by weight; `fallback` if the sum of the weights is not positive.
    mutating func weighted<T>(_ choices: [(weight: Int, value: T)], or fallback: T) -> T {
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
