import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore

/// Enforces the maximum size and duration of requests, distinguishes wrong methods from wrong paths, and refuses requests while the service
/// drains.
///
/// It wraps the whole router instead of being a middleware, because only a wrapper can respond at the deadline while the handler still
/// runs.
struct RequestBounds: HTTPResponder {
    let router: RouterResponder<HTTPRequestContext>
    let table: RouteTable
    let maximumBodyBytes: Int
    let deadline: Duration
    let drain: DrainState
    let clients: ClientAddresses
    let inFlight: InFlightRequests

    func respond(to request: Request, context: HTTPRequestContext) async throws -> Response {
        if drain.isDraining, !HostRoutes.answersWhileDraining(request.uri.path) {
            return .refusal(.serviceUnavailable, "this instance is stopping; retry", [.retryAfter: "1", .connection: "close"])
        }
        if let answer = table.answer(to: request) { return answer }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maximumBodyBytes {
            let refusal = PlatformRule.messageTooLarge.refusal()
                .comparing("bytes", length, .bytes).comparing("limit", maximumBodyBytes, .bytes)
            return .problem(refusal, .contentTooLarge, to: request, [.connection: "close"])
        }
        var context = context
        context.maxUploadSize = maximumBodyBytes
        context.client = clients.client(peer: context.peer, request.headers)
        guard inFlight.begin(context.client) else {
            return .problem(
                PlatformRule.tooManyRequests.refusal(), .tooManyRequests, to: request, [.retryAfter: "1", .connection: "close"])
        }
        defer { inFlight.end(context.client) }
        return try await answerWithinDeadline(request, context)
    }

    private func answerWithinDeadline(_ request: Request, _ context: HTTPRequestContext) async throws -> Response {
        try await withThrowingTaskGroup(of: Response?.self) { group in
            group.addTask { try await router.respond(to: request, context: context) }
            group.addTask {
                try await Task.sleep(for: deadline)
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let response = first { return response }
            context.logger.warning("a request exceeded its deadline", metadata: ["path": "\(request.uri.path)"])
            return .refusal(.serviceUnavailable, "not answered within \(deadline.settingText)", [.connection: "close"])
        }
    }
}

extension RouteTable {
    /// The response to a request without a route; nil when there is a route.
    func answer(to request: Request) -> Response? {
        switch find(request.uri.path, request.method) {
        case .route: nil
        case .unknownPath:
            // `OPTIONS *` is about the server, not about a path.
            request.method == .options && request.head.path == "*"
                ? Response(status: .noContent, headers: [.allow: "GET, HEAD, OPTIONS, POST"])
                : .problem(PlatformRule.unknownReference.refusal(), .notFound, to: request)
        case .otherMethods(let methods):
            request.method == .options
                ? Response(status: .noContent, headers: [.allow: methods.joined(separator: ", ")])
                : .problem(
                    PlatformRule.methodNotAllowed.refusal(), .methodNotAllowed, to: request, [.allow: methods.joined(separator: ", ")])
        }
    }
}

extension Response {
    /// A response in plain text with the reason.
    fileprivate static func refusal(_ status: HTTPResponse.Status, _ reason: String, _ more: HTTPFields) -> Response {
        var headers = more
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: reason + "\n")))
    }
}
