/// The declaration of a setting, used for reading, checking and help.
public struct SettingDeclaration: Sendable, Hashable {
    /// The dotted name in a configuration file, words in camel case: `database.leaseDeadline`.
    public let key: String
    /// The type of its value, with its bounds.
    public let kind: SettingKind
    /// The default; `nil` when the setting is optional or required.
    public let standard: SettingContent?
    /// Whether a service refuses to start without it.
    public let isRequired: Bool
    /// Whether its value must not appear in help, refusals and logs.
    public let isSecret: Bool
    /// One sentence for the operator, printed by `--help`: what the setting does, with its unit.
    public let summary: String
    /// A former key that is still accepted, so that older configurations stay valid.
    public let formerKey: String?

    /// The environment variable that sets it: `QUAN_DATABASE_LEASE_DEADLINE`.
    public var environmentName: String { SettingName.environment(of: key) }
    /// The flag that sets it: `--database-lease-deadline`.
    public var flagName: String { SettingName.flag(of: key) }
}

/// A setting's declaration with the Swift type of its value.
///
/// Declare settings as constants beside the code that uses them, list their declarations in the service's description, and
/// read them with `settings[HTTPSettings.port]`.
public struct Setting<Value: Sendable>: Sendable {
    /// The declaration.
    public let declaration: SettingDeclaration
    let fallback: Value
    let value: @Sendable (SettingContent) -> Value?
}

extension Setting where Value == String {
    /// A text with a default.
    public static func text(_ key: String, standard: String, _ summary: String) -> Setting {
        Setting(key, .text, standard: .text(standard), summary, fallback: standard) { $0.textValue }
    }

    /// A required text: without it the service refuses to start.
    public static func requiredText(_ key: String, secret: Bool = false, _ summary: String) -> Setting {
        Setting(key, .text, standard: nil, required: true, secret: secret, summary, fallback: "") { $0.textValue }
    }

    /// One of the given words.
    public static func choice(_ key: String, of words: [String], standard: String, _ summary: String) -> Setting {
        Setting(key, .choice(words), standard: .text(standard), summary, fallback: standard) { $0.textValue }
    }
}

extension Setting where Value == String? {
    /// An optional text.
    public static func optionalText(_ key: String, secret: Bool = false, _ summary: String) -> Setting {
        Setting(key, .text, standard: nil, secret: secret, summary, fallback: nil) { $0.textValue }
    }
}

extension Setting where Value == Int {
    /// A whole number within bounds.
    public static func integer(
        _ key: String, formerKey: String? = nil, standard: Int, in bounds: ClosedRange<Int>, _ summary: String
    ) -> Setting {
        Setting(key, .integer(bounds), standard: .integer(standard), summary, formerKey: formerKey, fallback: standard) {
            if case .integer(let number) = $0 { number } else { nil }
        }
    }
}

extension Setting where Value == Duration {
    /// A duration within bounds.
    public static func duration(
        _ key: String, formerKey: String? = nil, standard: Duration, in bounds: ClosedRange<Duration>, _ summary: String
    ) -> Setting {
        Setting(key, .duration(bounds), standard: .duration(standard), summary, formerKey: formerKey, fallback: standard) {
            if case .duration(let duration) = $0 { duration } else { nil }
        }
    }
}

extension Setting where Value == Bool {
    /// `true` or `false`; a flag without a value means `true`.
    public static func boolean(_ key: String, standard: Bool, _ summary: String) -> Setting {
        Setting(key, .boolean, standard: .boolean(standard), summary, fallback: standard) {
            if case .boolean(let flag) = $0 { flag } else { nil }
        }
    }
}

extension Setting where Value == [String] {
    /// A list of texts.
    public static func list(_ key: String, standard: [String], _ summary: String) -> Setting {
        Setting(key, .list, standard: .list(standard), summary, fallback: standard) {
            if case .list(let texts) = $0 { texts } else { nil }
        }
    }
}

extension Setting where Value == [String: String] {
    /// Names that the operator chooses under `key`, such as the properties of librdkafka.
    ///
    /// In the environment and in flags, `_` or `-` stands for each dot of a name:
    /// `QUAN_KAFKA_PROPERTIES_SASL_MECHANISM` sets `sasl.mechanism`.
    public static func properties(_ key: String, secret: Bool, _ summary: String) -> Setting {
        Setting(key, .properties, standard: .properties([:]), secret: secret, summary, fallback: [:]) {
            if case .properties(let properties) = $0 { properties } else { nil }
        }
    }
}

extension Setting {
    private init(
        _ key: String, _ kind: SettingKind, standard: SettingContent?, required: Bool = false, secret: Bool = false,
        _ summary: String, formerKey: String? = nil, fallback: Value, value: @escaping @Sendable (SettingContent) -> Value?
    ) {
        declaration = SettingDeclaration(
            key: key, kind: kind, standard: standard, isRequired: required, isSecret: secret, summary: summary,
            formerKey: formerKey)
        self.fallback = fallback
        self.value = value
    }
}

extension SettingContent {
    fileprivate var textValue: String? {
        if case .text(let text) = self { text } else { nil }
    }
}
