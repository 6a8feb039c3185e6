import ArgumentParser
import Foundation

/// The failure of a command, as shown to the operator: what is wrong and how to resolve it.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Progress messages on standard error. Standard output carries only a command's result.
enum Notice {
    /// Prints a line.
    static func print(_ line: String) { FileHandle.standardError.write(Data("quan: \(line)\n".utf8)) }
}
