/// A generator of random numbers that gives the same row for the same seed, on every machine.
///
/// Sebastiano Vigna's SplitMix64 (https://prng.di.unimi.it/splitmix64.c), which is in the public domain.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The row of a seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to a bound, without it.
    public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }

    /// Whether something happens that happens once in so many times.
    public mutating func oneIn(_ times: Int) -> Bool { below(times) == 0 }

    /// One of some. There must be one.
    public mutating func pick<Items: RandomAccessCollection>(_ items: Items) -> Items.Element {
        items[items.index(items.startIndex, offsetBy: below(items.count))]
    }
}
