import Foundation
import Kernel

/// Reproducible random numbers. Set `QUAN_TEST_SEED` to replay a failure.
struct Seeded: RandomNumberGenerator {
    /// The seed; failures print it.
    let seed: UInt64
    private var numbers: SplitMix64

    init(_ seed: UInt64? = nil) {
        self.seed = seed ?? ProcessInfo.processInfo.environment["QUAN_TEST_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        numbers = SplitMix64(seed: self.seed)
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// True with a probability of `percent`.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
