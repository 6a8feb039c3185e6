/// Where something stands in a file, both counted from 1; 0 and 0 where it stands in no file.
public struct SourcePlace: Sendable, Hashable, Codable {
    /// The line.
    public let line: Int
    /// The column, in Unicode scalars.
    public let column: Int

    /// A place in a file.
    public init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    /// The place of what was written in Swift, a test's altered rule for one.
    public static let none = SourcePlace(line: 0, column: 0)
}

/// Something wrong with a programme file or a clause file: where, what, and how to mend it.
public struct Fault: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// The file cannot be used.
        case error
        /// The file can be used; somebody should look.
        case warning
    }

    /// How bad it is.
    public let severity: Severity
    /// The file's name.
    public let file: String
    /// Where in the file.
    public let place: SourcePlace
    /// What is wrong, and why that is wrong.
    public let problem: String
    /// How to mend it.
    public let remedy: String

    /// A fault of a file.
    public init(_ severity: Severity, file: String, place: SourcePlace, problem: String, remedy: String) {
        (self.severity, self.file, self.place) = (severity, file, place)
        (self.problem, self.remedy) = (problem, remedy)
    }

    /// One line: "beijing-2026.yaml:12:5: error: what is wrong. How to mend it."
    public var description: String {
        "\(file):\(place.line):\(place.column): \(severity.rawValue): \(problem). \(remedy)."
    }
}

/// Everything that is wrong with the files of one load, in the order of the file.
public struct Faults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults, at least one of them an error.
    public let all: [Fault]

    /// One line a fault.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
