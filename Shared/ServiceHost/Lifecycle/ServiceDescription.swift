public import Logging

/// A service, for `ServiceHost.run`: its name, settings, tables and parts.
public struct ServiceDescription: Sendable {
    /// The service's name in logs; also the default name of its database and role.
    public let name: String
    /// One sentence on what it does, for `--help`.
    public let purpose: String
    /// Its own settings; those of `HostSettings` are added.
    public let settings: [SettingDeclaration]
    /// The rules between its settings; those of the host are added.
    public let rules: [SettingsRule]
    /// Its migrations, applied in this order of sets.
    public let migrations: [MigrationSet]
    /// Adds the current task's trace to log lines.
    public let logMetadata: Logger.MetadataProvider?
    /// Builds its parts. It must not connect to anything; the components connect when they run.
    public let components: @Sendable (ServiceContext) throws -> ServiceParts

    /// - Parameters:
    ///   - name: the service's name in lower case, as in the names of its topics.
    ///   - purpose: one sentence on what it does, for `--help`.
    ///   - settings: its own settings.
    ///   - rules: the rules between them.
    ///   - migrations: its migrations.
    ///   - logMetadata: adds the current task's trace to log lines.
    ///   - components: builds its parts; an error that it throws ends the process with `ExitCode.usage`.
    public init(
        name: String, purpose: String, settings: [SettingDeclaration] = [], rules: [SettingsRule] = [],
        migrations: [MigrationSet] = [], logMetadata: Logger.MetadataProvider? = nil,
        components: @escaping @Sendable (ServiceContext) throws -> ServiceParts
    ) {
        self.name = name
        self.purpose = purpose
        self.settings = settings
        self.rules = rules
        self.migrations = migrations
        self.logMetadata = logMetadata
        self.components = components
    }

    var allSettings: [SettingDeclaration] { HostSettings.all + settings }
    var allRules: [SettingsRule] { HTTPSettings.rules + rules + ProductionRules.all }
}
