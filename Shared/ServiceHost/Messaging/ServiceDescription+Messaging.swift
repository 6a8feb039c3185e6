public import Messaging
import ServiceLifecycle

extension ServiceDescription {
    /// Describes a service that processes messages.
    ///
    /// ```swift
    /// await ServiceHost.run(ServiceDescription(CounterService.registry, purpose: "Counts.", tables: [counterTables]))
    /// ```
    /// - Parameters:
    ///   - registry: the service's handlers, and its name.
    ///   - purpose: one sentence on what it does, for `--help`.
    ///   - settings: its own settings; those of messaging are added.
    ///   - rules: the rules between its settings; those of messaging are added.
    ///   - tables: its own tables; those of messaging are created before them.
    ///   - faults: called at each fault point, for tests.
    ///   - further: builds additional parts from the context and the messaging runtime. They start before the first message is
    ///     processed and stop after the last.
    public init<Rows: UnitOfWork>(
        _ registry: HandlerRegistry<Rows>, purpose: String, settings: [SettingDeclaration] = [], rules: [SettingsRule] = [],
        tables: [MigrationSet] = [], faults: FaultHook? = nil,
        further: @escaping @Sendable (ServiceContext, MessagingRuntime<Rows>) throws -> ServiceParts = { _, _ in ServiceParts([]) }
    ) {
        self.init(
            registry.service, purpose: purpose, settings: settings, rules: rules, tables: tables, faults: faults,
            registry: { _ in registry }, further: further)
    }

    /// Describes a service whose handlers depend on its settings.
    ///
    /// - Parameters:
    ///   - name: the service's name, the same as in its handler registry.
    ///   - registry: builds the handler registry from the settings; an error that it throws ends the process with `ExitCode.usage`.
    public init<Rows: UnitOfWork>(
        _ name: String, purpose: String, settings: [SettingDeclaration] = [], rules: [SettingsRule] = [],
        tables: [MigrationSet] = [], faults: FaultHook? = nil,
        registry: @escaping @Sendable (Settings) throws -> HandlerRegistry<Rows>,
        further: @escaping @Sendable (ServiceContext, MessagingRuntime<Rows>) throws -> ServiceParts = { _, _ in ServiceParts([]) }
    ) {
        self.init(
            name: name, purpose: purpose, settings: MessagingSettings.all + settings, rules: MessagingSettings.rules + rules,
            migrations: [MigrationSet.messaging] + tables
        ) { context in
            let runtime = try MessagingRuntime(
                registry(context.settings), pool: context.pool, kafka: context.kafka, options: MessagingOptions(context.settings),
                faults: faults, logger: context.logger)
            context.readiness.add("messaging") { [health = runtime.health] in
                let problems = health.problems.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                return problems.isEmpty ? .well : .unwell(problems.joined(separator: "; "))
            }
            let parts = try further(context, runtime)
            return ServiceParts(
                parts.components + [ServiceComponent("messaging", MessagingService(runtime: runtime))],
                routes: { router in
                    QuiescenceRoute(quiescence: runtime.quiescence).add(to: router)
                    parts.routes(router)
                })
        }
    }
}

extension MigrationSet {
    /// The tables of messaging.
    public static let messaging = MigrationSet(
        MessagingMigrations.setName, MessagingMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) })
}

/// Runs messaging as a component. When it is stopped, it completes the current batches and publishes the outbox.
private struct MessagingService<Rows: UnitOfWork>: Service {
    let runtime: MessagingRuntime<Rows>

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await runtime.run() }
    }
}
