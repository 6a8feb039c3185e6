import Foundation

/// Tells a person where the suite is.
enum Progress {
    private static let begin = ContinuousClock.now

    /// Writes a line to standard error.
    static func note(_ line: String) {
        let seconds = Double((ContinuousClock.now - begin).components.seconds)
        FileHandle.standardError.write(Data("[conformance \(Int(seconds)) s] \(line)\n".utf8))
    }
}
