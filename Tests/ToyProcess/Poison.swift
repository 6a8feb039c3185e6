import Foundation
import Toys

/// Breaks on what is told of one counter, until a file is there that says it is mended.
struct Poison: Sendable {
    /// What it breaks with.
    struct Breaks: Error {}

    /// The counter.
    let counter: String
    /// The file.
    let cure: String

    func check(_ event: AmountAdded) throws {
        if event.counter == counter, !FileManager.default.fileExists(atPath: cure) { throw Breaks() }
    }
}
