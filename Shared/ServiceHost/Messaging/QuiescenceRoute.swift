import Foundation
import HTTPTypes
import Hummingbird
import Messaging
import NIOCore

/// The route `/quiescence` of a service that lives by its messages: how far it has come, for the operator's tool.
struct QuiescenceRoute: Sendable {
    let look: @Sendable () async throws -> Quiescence

    func add(to router: Router<HTTPRequestContext>) {
        router.get("/quiescence") { _, _ in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let body = try encoder.encode(try await look())
            return Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }
}
