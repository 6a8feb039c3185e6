import Foundation
import Testing

/// Reproducible random numbers from a seed (SplitMix64).
///
/// Each property test creates its own and prints the seed; `QUAN_TEST_SEED` replays it.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(for property: String) {
        let given = ProcessInfo.processInfo.environment["QUAN_TEST_SEED"].flatMap { UInt64($0) }
        state = given ?? UInt64.random(in: 0...UInt64.max)
        print("seed of \"\(property)\": QUAN_TEST_SEED=\(state)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number with a random number of bits, so that small numbers are as likely as large ones.
    mutating func anySize() -> Int64 {
        Int64(bitPattern: next()) >> Int64.random(in: 0..<64, using: &self)
    }
}

/// The description of a thrown error; nil if none is thrown.
func complaint(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch {
        return "\(error)"
    }
}
