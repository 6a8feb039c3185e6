public import Messaging
import ServiceLifecycle

extension ServiceDescription {
    /// A service that lives by its messages: its table of contents, its tables, and what else it runs.
    ///
    /// ```swift
    /// await ServiceHost.run(ServiceDescription(CounterService.contents, purpose: "Counts.", tables: [counterTables]))
    /// ```
    /// - Parameters:
    ///   - contents: every message it takes; also its name.
    ///   - purpose: one sentence on what it does.
    ///   - settings: the settings of its own; those of messaging are added.
    ///   - tables: its own tables; those of messaging come before them.
    ///   - faults: what happens at a fault point, for tests.
    ///   - further: parts besides messaging, built from the context and the messaging they speak through. They start before
    ///     messages are taken, and end after.
    public init<Rows: WorkingRows>(
        _ contents: Contents<Rows>, purpose: String, settings: [SettingDeclaration] = [], tables: [MigrationSet] = [],
        faults: FaultHook? = nil,
        further: @escaping @Sendable (ServiceContext, MessagingRuntime<Rows>) throws -> ServiceParts = { _, _ in ServiceParts([]) }
    ) {
        self.init(
            contents.service, purpose: purpose, settings: settings, tables: tables, faults: faults, contents: { _ in contents },
            further: further)
    }

    /// The same for a service whose handlers are made from its settings.
    ///
    /// - Parameters:
    ///   - name: its name, as its table of contents has it.
    ///   - contents: builds the table of contents from the settings; an error it throws ends the start with `ExitCode.usage`.
    public init<Rows: WorkingRows>(
        _ name: String, purpose: String, settings: [SettingDeclaration] = [], tables: [MigrationSet] = [], faults: FaultHook? = nil,
        contents: @escaping @Sendable (Settings) throws -> Contents<Rows>,
        further: @escaping @Sendable (ServiceContext, MessagingRuntime<Rows>) throws -> ServiceParts = { _, _ in ServiceParts([]) }
    ) {
        self.init(
            name: name, purpose: purpose, settings: MessagingSettings.all + settings, migrations: [MigrationSet.messaging] + tables
        ) { context in
            let runtime = try MessagingRuntime(
                contents(context.settings), pool: context.pool, kafka: context.kafka, options: MessagingOptions(context.settings),
                faults: faults, logger: context.logger)
            context.readiness.add("messaging") { [health = runtime.health] in
                let problems = health.problems.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                return problems.isEmpty ? .well : .unwell(problems.joined(separator: "; "))
            }
            let parts = try further(context, runtime)
            return ServiceParts(
                parts.components + [ServiceComponent("messaging", MessagingService(runtime: runtime))], routes: parts.routes)
        }
    }
}

extension MigrationSet {
    /// The tables behind a message's way.
    public static let messaging = MigrationSet(
        MessagingMigrations.setName, MessagingMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) })
}

/// Messaging as a part of a service's life: stopping it lets batches end and publishes what waits.
private struct MessagingService<Rows: WorkingRows>: Service {
    let runtime: MessagingRuntime<Rows>

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await runtime.run() }
    }
}
