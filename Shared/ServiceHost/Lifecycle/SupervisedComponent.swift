import Logging
import ServiceLifecycle

/// Runs one component of a process, and begins a graceful shutdown when it fails or ends too early.
///
/// `ServiceGroup` cancels all other services when one ends before its turn, including those that are completing their work. So `run`
/// returns only after the service group has asked this component to stop.
struct SupervisedComponent: Service {
    let name: String
    let service: any Service
    let shutdown: Shutdown
    let logger: Logger

    func run() async throws {
        shutdown.componentStarted(name)
        defer { shutdown.componentEnded(name) }
        do {
            try await service.run()
            guard !Task.isShuttingDownGracefully else { return }
            logger.critical("a component ended unexpectedly", metadata: ["component": "\(name)"])
            shutdown.begin("\(name) ended unexpectedly", code: .failure)
        } catch {
            if Task.isShuttingDownGracefully, error is CancellationError { return }
            let code = (error as? StartFailure)?.code ?? .failure
            logger.critical("a component failed", metadata: ["component": "\(name)", "error": "\(error)"])
            shutdown.begin("\(name) failed", code: code)
        }
        shutdown.componentEnded(name)
        // Returns at once when this component has already been asked to stop.
        try? await gracefulShutdown()
    }
}
