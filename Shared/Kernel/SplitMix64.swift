/// A random number generator that returns the same sequence for the same seed on every machine.
///
/// Sebastiano Vigna's SplitMix64 (https://prng.di.unimi.it/splitmix64.c), which is in the public domain.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence of a seed.
    ///
    /// - Parameter stream: selects independent numbers of the same seed, so that parts of a plan do not influence each other.
    public init(seed: UInt64, stream: UInt64 = 0) { state = seed &+ stream &* 0xd1b5_4a32_d192_ed03 }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, the bound.
    public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }

    /// True with a probability of one in `times`.
    public mutating func oneIn(_ times: Int) -> Bool { below(times) == 0 }

    /// A random item. `items` must not be empty.
    public mutating func pick<Items: RandomAccessCollection>(_ items: Items) -> Items.Element {
        items[items.index(items.startIndex, offsetBy: below(items.count))]
    }
}
