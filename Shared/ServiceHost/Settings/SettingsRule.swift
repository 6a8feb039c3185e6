/// A rule about settings that the bounds of a single setting cannot state: a relation between two settings, the syntax of a text, or a
/// requirement of a production installation.
///
/// A service lists its rules in its `ServiceDescription`. All rules are checked before anything starts, so that one start shows all
/// problems.
public struct SettingsRule: Sendable {
    /// The key of the setting that a violation is reported for.
    let key: String
    /// Whether the rule holds only under `QUAN_PROFILE=production`.
    let isForProduction: Bool
    let violation: @Sendable (Settings) -> String?

    /// A rule for every profile.
    ///
    /// - Parameters:
    ///   - setting: the setting that a violation is reported for.
    ///   - violation: returns the problem and its remedy; nil when the rule holds.
    public init<Value>(_ setting: Setting<Value>, violation: @escaping @Sendable (Settings) -> String?) {
        self.init(setting.declaration.key, isForProduction: false, violation)
    }

    /// A rule for every profile: `read` must not throw. The error that it throws is reported.
    public static func readable<Value>(
        _ setting: Setting<Value>, _ read: @escaping @Sendable (Settings) throws -> Void
    ) -> SettingsRule {
        SettingsRule(setting) { settings in
            do {
                try read(settings)
                return nil
            } catch {
                return "\(error)"
            }
        }
    }

    /// A rule of the production profile. `violation` as in `init`.
    public static func production<Value>(
        _ setting: Setting<Value>, violation: @escaping @Sendable (Settings) -> String?
    ) -> SettingsRule {
        SettingsRule(setting.declaration.key, isForProduction: true, violation)
    }

    private init(_ key: String, isForProduction: Bool, _ violation: @escaping @Sendable (Settings) -> String?) {
        self.key = key
        self.isForProduction = isForProduction
        self.violation = violation
    }
}

extension SettingsRule {
    /// The violation of this rule by these settings; nil when the rule holds or does not apply.
    func problem(_ settings: Settings) -> SettingProblem? {
        guard !isForProduction || settings[HostSettings.profile] == HostSettings.productionProfile else { return nil }
        guard let resolved = settings.resolved[key], let reason = violation(settings) else { return nil }
        let name =
            switch resolved.origin {
            case .flag: resolved.declaration.flagName
            case .environment, .standard: resolved.declaration.environmentName
            case .file: key
            }
        return SettingProblem(
            name: name, origin: resolved.origin, reason: isForProduction ? "\(reason) (required by QUAN_PROFILE=production)" : reason)
    }
}
