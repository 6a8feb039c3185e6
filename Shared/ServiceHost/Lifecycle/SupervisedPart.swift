import Logging
import ServiceLifecycle

/// Runs one part of a process and sees to it that it ends only in its turn.
///
/// The service group takes a part that ends out of turn as a reason to cancel all the others, also the ones that are
/// draining. So an early end or an error begins an orderly stop, and the part then waits until its turn has come.
struct SupervisedPart: Service {
    let name: String
    let service: any Service
    let shutdown: Shutdown
    let logger: Logger

    func run() async throws {
        shutdown.partBegan(name)
        defer { shutdown.partEnded(name) }
        do {
            try await service.run()
            guard !Task.isShuttingDownGracefully else { return }
            logger.critical("a part ended by itself", metadata: ["part": "\(name)"])
            shutdown.begin("\(name) ended by itself", code: .failure)
        } catch {
            if Task.isShuttingDownGracefully, error is CancellationError { return }
            let code = (error as? StartFailure)?.code ?? .failure
            logger.critical("a part failed", metadata: ["part": "\(name)", "error": "\(error)"])
            shutdown.begin("\(name) failed", code: code)
        }
        shutdown.partEnded(name)
        // Returns at once when this part's turn has come already.
        try? await gracefulShutdown()
    }
}
