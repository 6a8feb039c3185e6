import Foundation

/// A reproducible random generator (SplitMix64). Set `QUAN_TEST_SEED` to replay a failure.
struct Seeded: RandomNumberGenerator {
    /// The seed; failures print it.
    let seed: UInt64
    private var state: UInt64

    init(_ seed: UInt64? = nil) {
        self.seed = seed ?? ProcessInfo.processInfo.environment["QUAN_TEST_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        state = self.seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True with a probability of `percent`.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
