import Logging
import ServiceLifecycle

/// Applies the migrations, then runs the service's components until they are stopped.
struct ServiceCore: Service {
    let components: [ServiceComponent]
    let prepare: @Sendable () async throws -> Void
    let started: ReadinessFlag
    let shutdown: Shutdown
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await prepare() }
        } catch is CancellationError {
            return
        }
        started.set(.well)
        logger.notice("started")
        guard !components.isEmpty else { return try await gracefulShutdown() }
        let parts = components.map {
            SupervisedComponent(name: $0.name, service: $0.service, shutdown: shutdown, logger: logger)
        }
        try await ServiceGroup(configuration: ServiceGroupConfiguration(services: parts, logger: logger)).run()
    }
}
