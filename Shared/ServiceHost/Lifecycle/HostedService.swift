import Hummingbird
import Logging
import Postgres
import ServiceLifecycle

/// One service in one process: puts its parts together, and runs them until it is told to stop.
struct HostedService: Sendable {
    let description: ServiceDescription
    let context: ServiceContext
    let shutdown: Shutdown
    let drain: DrainSwitch
    /// What the HTTP listener bound.
    let listener: HTTPListener
    private let parts: ServiceParts

    /// - Throws: whatever the service's own builder throws.
    init(_ description: ServiceDescription, context: ServiceContext, giveUp: @escaping @Sendable (ExitCode) -> Void) throws {
        self.description = description
        self.context = context
        let drain = DrainSwitch()
        self.drain = drain
        shutdown = Shutdown(
            deadline: context.settings[HostSettings.shutdownDeadline], drain: drain, logger: context.logger, giveUp: giveUp)
        let parts = try description.components(context)
        self.parts = parts
        context.readiness.add("stopping") { drain.isOn ? .unwell("this instance is stopping") : .well }
        let pool = context.pool
        context.readiness.add("database") { await pool.healthState(within: Readiness.checkDeadline) }
        let routes = HostRoutes(
            metrics: context.metrics, processMetrics: ProcessMetrics(factory: context.metrics), liveness: context.liveness,
            readiness: context.readiness)
        listener = try HTTPListener(context, drain: drain) { router in
            routes.add(to: router)
            parts.routes(router)
        }
    }

    /// Runs until `shutdown` was begun, by a signal or by a part that failed, and everything has stopped.
    func run() async -> ExitCode {
        let started = context.readiness.addFlag("started", initially: .unwell("the database is being brought up to date"))
        let preparation = DatabasePreparation(
            migrator: Migrator(context.pool, description.migrations, logger: context.logger),
            deadline: context.settings[HostSettings.startDeadline], logger: context.logger, started: started)
        let core = ServiceCore(
            components: parts.components, prepare: preparation.run, started: started, shutdown: shutdown, logger: context.logger)
        // Stopped from the last to the first: what works ends before what it works with.
        let services: [(String, any Service)] = [("database", DatabasePart(pool: context.pool)), ("http", listener), ("core", core)]
        let parts = services.map { SupervisedPart(name: $0, service: $1, shutdown: shutdown, logger: context.logger) }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: parts, logger: context.logger))
        shutdown.onBegin { Task { await group.triggerGracefulShutdown() } }
        do {
            try await group.run()
        } catch {
            context.logger.critical("the parts did not stop in order", metadata: ["error": "\(error)"])
            shutdown.begin("the parts did not stop in order", code: .failure)
        }
        shutdown.end()
        context.logger.notice("stopped", metadata: ["exit_code": "\(shutdown.code.rawValue)"])
        return shutdown.code
    }
}

/// Closes the pool once everything that uses it has ended.
private struct DatabasePart: Service {
    /// Nothing holds a connection by then, unless it has lost its way.
    private static let closeDeadline: Duration = .seconds(2)

    let pool: PostgresPool

    func run() async throws {
        try? await gracefulShutdown()
        await pool.close(deadline: Self.closeDeadline)
    }
}

extension HTTPListener {
    fileprivate convenience init(
        _ context: ServiceContext, drain: DrainSwitch, routes: (Router<HTTPRequestContext>) -> Void
    ) throws {
        self.init(
            host: context.settings[HTTPSettings.host], port: context.settings[HTTPSettings.port], bounds: try Bounds(context.settings),
            drain: drain, logger: context.logger, routes: routes)
    }
}
