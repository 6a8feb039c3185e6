/// The source of a setting's value.
public enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    /// The setting is not set and has its default.
    case standard
    /// The configuration file at this path.
    case file(String)
    /// An environment variable.
    case environment
    /// A flag on the command line.
    case flag

    /// The source in words, for refusals and logs.
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let path): "file \(path)"
        case .environment: "environment"
        case .flag: "flag"
        }
    }
}

/// One problem of the settings that a service was started with.
public struct SettingProblem: Sendable, Hashable, CustomStringConvertible {
    /// The setting's name in the spelling of its source: `QUAN_DATABASE_PORT`, `--database-port` or `database.port`.
    public let name: String
    /// The source.
    public let origin: SettingOrigin
    /// The problem and its remedy; it contains the value unless the setting is secret.
    public let reason: String

    /// `QUAN_DATABASE_PORT (environment): ...`
    public var description: String { "\(name) (\(origin)): \(reason)" }
}

/// A service's refusal to start with its settings, with all problems at once.
public struct SettingsRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The platform's rule: unknown settings and invalid values are refused by name.
    public static let rule = "QUAN-13"

    /// All problems: unknown names first (flags, environment, file), then invalid values, then violated rules.
    public let problems: [SettingProblem]

    /// A line that cites the rule, then one line for each problem.
    public var description: String {
        let subject = problems.count == 1 ? "a setting is" : "\(problems.count) settings are"
        return (["\(subject) refused (\(Self.rule)):"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}
