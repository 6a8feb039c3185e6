/// Where a setting's value came from.
public enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    /// Nobody set it.
    case standard
    /// The configuration file at this path.
    case file(String)
    /// An environment variable.
    case environment
    /// A flag on the command line.
    case flag

    /// In words, for refusals and logs.
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let path): "file \(path)"
        case .environment: "environment"
        case .flag: "flag"
        }
    }
}

/// One thing that is wrong with the settings a service was started with.
public struct SettingProblem: Sendable, Hashable, CustomStringConvertible {
    /// The name as it was written where it came from: `QUAN_DATABASE_PORT`, `--database-port` or `database.port`.
    public let name: String
    /// Where that was.
    public let origin: SettingOrigin
    /// What is wrong and how to mend it; shows the value unless the setting is secret.
    public let reason: String

    /// `QUAN_DATABASE_PORT (environment): ...`
    public var description: String { "\(name) (\(origin)): \(reason)" }
}

/// A service's refusal to start with the settings it was given: everything that is wrong with them, at once.
public struct SettingsRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The platform's rule that is cited: settings that are unknown or have a bad value are refused by name.
    public static let rule = "QUAN-13"

    /// Every problem, in the order flags, environment, file.
    public let problems: [SettingProblem]

    /// One line a problem below a line that cites the rule.
    public var description: String {
        let subject = problems.count == 1 ? "a setting is" : "\(problems.count) settings are"
        return (["\(subject) refused (\(Self.rule)):"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}
