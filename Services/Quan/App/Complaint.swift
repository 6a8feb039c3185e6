import ArgumentParser
import Foundation

/// Why a command could not do what was asked, as it is told to the operator: what is wrong, and what to do about it.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Lines for whoever watches, on standard error: what a command prints on standard output is its result.
enum Notice {
    /// Says a line.
    static func say(_ line: String) { FileHandle.standardError.write(Data("quan: \(line)\n".utf8)) }
}
