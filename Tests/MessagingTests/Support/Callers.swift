import Foundation
import Kernel
import Messaging

extension Requests.Caller {
    /// A caller with this idempotency key and the current time.
    static func test(_ key: String, body: String = "{}", token: String? = nil) -> Requests.Caller {
        Requests.Caller(
            organisation: "org", operation: "add", idempotencyKey: key, bodyHash: ContentHash(of: Array(body.utf8)), receivedAt: Date(),
            token: token)
    }
}
