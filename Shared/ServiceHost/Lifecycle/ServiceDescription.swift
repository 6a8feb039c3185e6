public import Logging

/// What one service is, for `ServiceHost.run`: its name, its settings, its tables, and its parts.
public struct ServiceDescription: Sendable {
    /// The service's name: of its database and role when nothing else is set, and in logs.
    public let name: String
    /// One sentence on what it does, for `--help`.
    public let purpose: String
    /// The settings of its own; those of `HostSettings` are added.
    public let settings: [SettingDeclaration]
    /// Its tables, set by set in this order.
    public let migrations: [MigrationSet]
    /// What adds the current task's trace to log lines.
    public let logMetadata: Logger.MetadataProvider?
    /// Builds its parts. It connects to nothing: that is for the components to do once they run.
    public let components: @Sendable (ServiceContext) throws -> ServiceParts

    /// - Parameters:
    ///   - name: lower-case, as the service's topics are named.
    ///   - purpose: one sentence on what it does.
    ///   - settings: the settings of its own.
    ///   - migrations: its tables.
    ///   - logMetadata: what adds the current task's trace to log lines.
    ///   - components: builds its parts; an error it throws ends the start with `ExitCode.usage`.
    public init(
        name: String, purpose: String, settings: [SettingDeclaration] = [], migrations: [MigrationSet] = [],
        logMetadata: Logger.MetadataProvider? = nil, components: @escaping @Sendable (ServiceContext) throws -> ServiceParts
    ) {
        self.name = name
        self.purpose = purpose
        self.settings = settings
        self.migrations = migrations
        self.logMetadata = logMetadata
        self.components = components
    }

    var allSettings: [SettingDeclaration] { HostSettings.all + settings }
}
