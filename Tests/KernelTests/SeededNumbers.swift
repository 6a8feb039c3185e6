import Foundation
import Testing

@testable import Kernel

extension SplitMix64 {
    /// The numbers of a property test, which prints its seed; `QUAN_TEST_SEED` replays it.
    init(for property: String) {
        let given = ProcessInfo.processInfo.environment["QUAN_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        print("seed of \"\(property)\": QUAN_TEST_SEED=\(seed)")
        self.init(seed: seed)
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
