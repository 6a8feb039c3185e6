import Foundation

/// Reports the progress of the suite.
enum Progress {
    private static let begin = ContinuousClock.now

    /// Writes a line to standard error.
    static func report(_ line: String) {
        let seconds = Double((ContinuousClock.now - begin).components.seconds)
        FileHandle.standardError.write(Data("[conformance \(Int(seconds)) s] \(line)\n".utf8))
    }
}
