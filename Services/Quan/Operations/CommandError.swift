import Foundation

/// The failure of a command, as shown to the operator: what is wrong and how to resolve it.
package struct CommandError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Progress messages on standard error. Standard output carries only a command's result.
package enum Notice {
    /// Prints a line.
    package static func print(_ line: String) { FileHandle.standardError.write(Data("quan: \(line)\n".utf8)) }
}
