import HTTPTypes
import Hummingbird
import Messaging
import NIOCore
import StrictJSON

/// The route `/quiescence` of a service that processes messages: how much work it has left, for the operator's tool.
struct QuiescenceRoute: Sendable {
    let quiescence: @Sendable () async throws -> Quiescence

    func add(to router: Router<HTTPRequestContext>) {
        router.get("/quiescence") { _, _ in
            let body = try StrictJSON.encode(try await quiescence())
            return Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }
}
