import Foundation
import Toys

/// Makes the handler fail on the events of one counter until a file exists.
struct Poison: Sendable {
    /// The handler's error.
    struct PoisonFailure: Error {}

    /// The name of the counter.
    let counter: String
    /// The path of the file.
    let cure: String

    func check(_ event: AmountAdded) throws {
        if event.counter == counter, !FileManager.default.fileExists(atPath: cure) { throw PoisonFailure() }
    }
}
