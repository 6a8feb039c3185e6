/// A position in a file, counted from 1; 0 and 0 for no file.
public struct SourcePlace: Sendable, Hashable, Codable {
    /// The line.
    public let line: Int
    /// The column, in Unicode scalars.
    public let column: Int

    /// A position.
    public init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    /// The position of parts created in Swift, such as a test's altered rule.
    public static let none = SourcePlace(line: 0, column: 0)
}

/// A fault in a programme file or clause file: position, problem and remedy.
public struct Fault: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The severity.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// The file cannot be used.
        case error
        /// The file can be used, but should be checked.
        case warning
    }

    /// The severity.
    public let severity: Severity
    /// The file's name.
    public let file: String
    /// The position in the file.
    public let place: SourcePlace
    /// The problem and its reason.
    public let problem: String
    /// The remedy.
    public let remedy: String

    /// A fault of a file.
    public init(_ severity: Severity, file: String, place: SourcePlace, problem: String, remedy: String) {
        (self.severity, self.file, self.place) = (severity, file, place)
        (self.problem, self.remedy) = (problem, remedy)
    }

    /// One line: "beijing-2026.yaml:12:5: error: problem. Remedy."
    public var description: String {
        "\(file):\(place.line):\(place.column): \(severity.rawValue): \(problem). \(remedy)."
    }
}

/// All faults of one load, in the order of the file.
public struct Faults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults, at least one of them an error.
    public let all: [Fault]

    /// One line per fault.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
