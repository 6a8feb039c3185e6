import HTTPTypes
import Hummingbird
import Kernel
import Logging
import Messaging
import Postgres
import ServiceHost

/// A group of routes whose refusals and failures are answered as RFC 9457 has it.
struct APIRoutes {
    let group: RouterGroup<HTTPRequestContext>
    let logger: Logger

    /// A route that reads.
    func get(_ path: RouterPath, _ body: @escaping @Sendable (Request, HTTPRequestContext) async throws -> Answer) {
        add(.get, path, body)
    }

    /// A route that asks for something to be done.
    func post(_ path: RouterPath, _ body: @escaping @Sendable (Request, HTTPRequestContext) async throws -> Answer) {
        add(.post, path, body)
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: RouterPath,
        _ body: @escaping @Sendable (Request, HTTPRequestContext) async throws -> Answer
    ) {
        group.on(path, method: method) { [logger] request, context in
            let language = Language(of: request)
            do {
                return try await body(request, context).response
            } catch let refusal as Refusal {
                return Problem(refusal, language).answer.response
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // What went wrong inside is for the log; whoever asked learns whether asking again may help.
                logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
                let isPassing =
                    (error as? PostgresError).map { $0.isTransient || $0.kind == .connection } ?? (error is any TransientFailure)
                return Problem.failure(isPassing: isPassing, language).answer.response
            }
        }
    }
}
