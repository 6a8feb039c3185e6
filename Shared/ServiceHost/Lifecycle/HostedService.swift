import Hummingbird
import Logging
import Postgres
import ServiceLifecycle

/// A service in this process: builds its components and runs them until shutdown.
struct HostedService: Sendable {
    let description: ServiceDescription
    let context: ServiceContext
    let shutdown: Shutdown
    let drain: DrainState
    let listener: HTTPListener
    private let parts: ServiceParts

    /// - Throws: the errors of the service's `components` closure.
    init(_ description: ServiceDescription, context: ServiceContext, forceExit: @escaping @Sendable (ExitCode) -> Void) throws {
        self.description = description
        self.context = context
        let drain = DrainState()
        self.drain = drain
        shutdown = Shutdown(
            deadline: context.settings[HostSettings.shutdownDeadline], drain: drain, logger: context.logger, forceExit: forceExit)
        let parts = try description.components(context)
        self.parts = parts
        context.readiness.add("stopping") { drain.isDraining ? .unwell("this instance is stopping") : .well }
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

    /// Runs until a signal or a failed component has begun the shutdown, and all components have stopped.
    func run() async -> ExitCode {
        let started = context.readiness.addFlag("started", initially: .unwell("the database migrations are being applied"))
        let preparation = DatabasePreparation(
            migrator: Migrator(context.pool, description.migrations, logger: context.logger),
            deadline: context.settings[HostSettings.startDeadline], logger: context.logger, started: started)
        let core = ServiceCore(
            components: parts.components, prepare: preparation.run, started: started, shutdown: shutdown, logger: context.logger)
        // The service group stops them from the last to the first, so that a component stops before those that it uses.
        let services: [(String, any Service)] = [("database", DatabasePart(pool: context.pool)), ("http", listener), ("core", core)]
        let parts = services.map { SupervisedComponent(name: $0, service: $1, shutdown: shutdown, logger: context.logger) }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: parts, logger: context.logger))
        shutdown.onBegin { Task { await group.triggerGracefulShutdown() } }
        do {
            try await group.run()
        } catch {
            context.logger.critical("the components failed to stop", metadata: ["error": "\(error)"])
            shutdown.begin("the components failed to stop", code: .failure)
        }
        shutdown.end()
        context.logger.notice("stopped", metadata: ["exit_code": "\(shutdown.code.rawValue)"])
        return shutdown.code
    }
}

/// Closes the pool after all components that use it have ended.
private struct DatabasePart: Service {
    /// Short, because no connection should be in use by then.
    private static let closeDeadline: Duration = .seconds(2)

    let pool: PostgresPool

    func run() async throws {
        try? await gracefulShutdown()
        await pool.close(deadline: Self.closeDeadline)
    }
}

extension HTTPListener {
    fileprivate convenience init(
        _ context: ServiceContext, drain: DrainState, routes: (Router<HTTPRequestContext>) -> Void
    ) throws {
        self.init(
            host: context.settings[HTTPSettings.host], port: context.settings[HTTPSettings.port], bounds: try Bounds(context.settings),
            drain: drain, logger: context.logger, routes: routes)
    }
}
