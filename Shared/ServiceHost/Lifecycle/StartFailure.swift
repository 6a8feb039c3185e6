/// Why a service could not start, with the exit code that says whether trying again may help.
public struct StartFailure: Error, Sendable, CustomStringConvertible {
    /// How the process ends.
    public let code: ExitCode
    /// What happened and how to mend it.
    public let description: String

    /// - Parameters:
    ///   - code: how the process ends.
    ///   - description: what happened and how to mend it.
    public init(_ code: ExitCode, _ description: String) {
        self.code = code
        self.description = description
    }
}
