import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Holds each request to the greatest size and the longest time, and sends work elsewhere while the service drains.
///
/// It wraps the router as a whole rather than being one of its middlewares: only then can the work be left at the deadline.
struct RequestBounds: HTTPResponder {
    let router: RouterResponder<HTTPRequestContext>
    let greatestBodyBytes: Int
    let deadline: Duration
    let drain: DrainSwitch

    func respond(to request: Request, context: HTTPRequestContext) async throws -> Response {
        if drain.isOn, !HostRoutes.answersWhileDraining(request.uri.path) {
            return .refusal(.serviceUnavailable, "this instance is stopping; ask again", [.retryAfter: "1", .connection: "close"])
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > greatestBodyBytes {
            let reason = "the body has \(length) bytes; the greatest size is \(greatestBodyBytes)"
            return .refusal(.contentTooLarge, reason, [.connection: "close"])
        }
        var context = context
        context.maxUploadSize = greatestBodyBytes
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

extension Response {
    /// A short answer in plain text that says what is wrong.
    fileprivate static func refusal(_ status: HTTPResponse.Status, _ reason: String, _ more: HTTPFields) -> Response {
        var headers = more
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: reason + "\n")))
    }
}
