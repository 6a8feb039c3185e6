import HTTPTypes
import Hummingbird
import Kernel
import Logging
import Messaging
import Postgres
import ServiceHost

/// A group of routes that answers refusals and failures with problem documents (RFC 9457).
struct APIRoutes {
    let group: RouterGroup<HTTPRequestContext>
    let limits: CallerLimits
    let logger: Logger

    /// Adds a route that reads.
    func get(_ path: RouterPath, _ body: @escaping @Sendable (Request, HTTPRequestContext) async throws -> APIResponse) {
        add(.get, path, body)
    }

    /// Adds a route that sends a command or stores a file.
    func post(_ path: RouterPath, _ body: @escaping @Sendable (Request, HTTPRequestContext) async throws -> APIResponse) {
        add(.post, path, body)
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: RouterPath,
        _ body: @escaping @Sendable (Request, HTTPRequestContext) async throws -> APIResponse
    ) {
        group.on(path, method: method) { [limits, logger] request, context in
            do {
                return try await Self.respond(request, context, limits, body).httpResponse
            } catch let exceeded as RateLimitExceeded {
                var response = Problem(exceeded.refusal, Language(of: request)).response
                response.headers.append(contentsOf: exceeded.headers)
                return response.httpResponse
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // The caller is told only whether a repetition may succeed; the details are for the log.
                logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
                let isTransient =
                    (error as? PostgresError).map { $0.isTransient || $0.kind == .connection } ?? (error is any TransientFailure)
                return Problem.failure(isTransient: isTransient, Language(of: request)).response.httpResponse
            }
        }
    }

    private static func respond(
        _ request: Request, _ context: HTTPRequestContext, _ limits: CallerLimits,
        _ body: (Request, HTTPRequestContext) async throws -> APIResponse
    ) async throws -> APIResponse {
        // A request with a token is counted after authentication, when its person is known.
        if request.headers[.authorization] == nil { try limits.countRequest(from: context.client) }
        do {
            return try await body(request, context)
        } catch let refusal as Refusal {
            if request.headers[.authorization] != nil, refusal.clauses.first == PlatformRule.tokenInvalid.id {
                try limits.countRequest(from: context.client)
            }
            return Problem(refusal, Language(of: request)).response
        }
    }
}
