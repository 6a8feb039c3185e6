/// The reason why a service could not start, with the exit code, which tells whether a restart may help.
public struct StartFailure: Error, Sendable, CustomStringConvertible {
    /// The exit code of the process.
    public let code: ExitCode
    /// The problem and its remedy.
    public let description: String

    /// - Parameters:
    ///   - code: the exit code of the process.
    ///   - description: the problem and its remedy.
    public init(_ code: ExitCode, _ description: String) {
        self.code = code
        self.description = description
    }
}
