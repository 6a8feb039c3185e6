import Foundation
import Messages
import Messaging
import Postgres

extension PortalAPI {
    private static let patience = Duration.seconds(5)
    private static let longestPause = Duration.milliseconds(100)

    /// What has been told here of a product and an enterprise.
    func seen(product: UUID, enterprise: UUID) async throws -> PlaceOrder.Seen {
        let (product, enterprise) = (
            HeardEvents.Stream(source: "catalogue", key: product.lowercased),
            HeardEvents.Stream(source: "identity", key: enterprise.lowercased)
        )
        let heard = try await heard([product, enterprise])
        return PlaceOrder.Seen(product: heard.version(of: product), enterprise: heard.version(of: enterprise))
    }

    /// What has been told here of a programme.
    func seen(programme: String) async throws -> Int64? {
        let stream = HeardEvents.Stream(source: "catalogue", key: programme)
        return try await heard([stream]).version(of: stream)
    }

    /// What has been told here of an order.
    func seen(order: UUID) async throws -> Int64? {
        let stream = HeardEvents.Stream(source: "ordering", key: order.lowercased)
        return try await heard([stream]).version(of: stream)
    }

    /// How far the portal has come with what a request names. Whoever was answered a moment ago that such a thing is made, waits here until it
    /// has been told of, five seconds at most. Nobody else waits meanwhile, so that a name of nothing costs only whoever names it.
    private func heard(_ streams: Set<HeardEvents.Stream>) async throws -> HeardEvents {
        let end = ContinuousClock.now + Self.patience
        var pause = Duration.milliseconds(10)
        while true {
            let heard = try await requests.heard(streams)
            if streams.allSatisfy({ heard.version(of: $0) != nil }) || ContinuousClock.now >= end { return heard }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
