import Foundation

extension UUID {
    /// The id as accounts and messages are keyed by it: in lower case.
    var keyText: String { uuidString.lowercased() }
}
