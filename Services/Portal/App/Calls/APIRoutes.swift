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
    let limits: CallerLimits
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
        group.on(path, method: method) { [limits, logger] request, context in
            do {
                return try await Self.answer(request, context, limits, body).response
            } catch let exceeded as AllowanceExceeded {
                var answer = Problem(exceeded.refusal, Language(of: request)).answer
                answer.headers.append(contentsOf: exceeded.headers)
                return answer.response
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // What went wrong inside is for the log; whoever asked learns whether asking again may help.
                logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
                let isPassing =
                    (error as? PostgresError).map { $0.isTransient || $0.kind == .connection } ?? (error is any TransientFailure)
                return Problem.failure(isPassing: isPassing, Language(of: request)).answer.response
            }
        }
    }

    private static func answer(
        _ request: Request, _ context: HTTPRequestContext, _ limits: CallerLimits,
        _ body: (Request, HTTPRequestContext) async throws -> Answer
    ) async throws -> Answer {
        // Whoever has a token is counted once it is known whose it is.
        if request.headers[.authorization] == nil { try limits.request(from: context.client) }
        do {
            return try await body(request, context)
        } catch let refusal as Refusal {
            if request.headers[.authorization] != nil, refusal.clauses.first == PlatformRule.tokenInvalid.id {
                try limits.request(from: context.client)
            }
            return Problem(refusal, Language(of: request)).answer
        }
    }
}
