import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore

/// Holds each request to the greatest size and the longest time, tells a wrong method from a wrong path, and sends work elsewhere while
/// the service drains.
///
/// It wraps the router as a whole rather than being one of its middlewares: only then can the work be left at the deadline.
struct RequestBounds: HTTPResponder {
    let router: RouterResponder<HTTPRequestContext>
    let table: RouteTable
    let greatestBodyBytes: Int
    let deadline: Duration
    let drain: DrainSwitch
    let clients: ClientAddresses
    let underWay: RequestsUnderWay

    func respond(to request: Request, context: HTTPRequestContext) async throws -> Response {
        if drain.isOn, !HostRoutes.answersWhileDraining(request.uri.path) {
            return .refusal(.serviceUnavailable, "this instance is stopping; ask again", [.retryAfter: "1", .connection: "close"])
        }
        if let answer = table.answer(to: request) { return answer }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > greatestBodyBytes {
            let refusal = PlatformRule.messageTooLarge.refusal()
                .comparing("bytes", length, .bytes).comparing("limit", greatestBodyBytes, .bytes)
            return .problem(refusal, .contentTooLarge, to: request, [.connection: "close"])
        }
        var context = context
        context.maxUploadSize = greatestBodyBytes
        context.client = clients.client(peer: context.peer, request.headers)
        guard underWay.begin(context.client) else {
            return .problem(
                PlatformRule.tooManyRequests.refusal(), .tooManyRequests, to: request, [.retryAfter: "1", .connection: "close"])
        }
        defer { underWay.end(context.client) }
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
            context.logger.warning("a request was not answered in time", metadata: ["path": "\(request.uri.path)"])
            return .refusal(.serviceUnavailable, "not answered within \(deadline.settingText)", [.connection: "close"])
        }
    }
}

extension RouteTable {
    /// The answer to a request that no route takes; nil for one that has a route.
    func answer(to request: Request) -> Response? {
        switch find(request.uri.path, request.method) {
        case .route: nil
        case .nothing:
            // What concerns no path in particular.
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
    /// A short answer in plain text that says what is wrong.
    fileprivate static func refusal(_ status: HTTPResponse.Status, _ reason: String, _ more: HTTPFields) -> Response {
        var headers = more
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: reason + "\n")))
    }
}
