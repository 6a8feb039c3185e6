import Foundation
import Messages
import Messaging
import Postgres

extension PortalAPI {
    private static let patience = Duration.seconds(1)
    private static let longestPause = Duration.milliseconds(100)

    /// What has been told here of a product and an enterprise. Whoever was answered a moment ago that they are made, waits here until that has
    /// been told, a second at most. Nobody else waits meanwhile, so that a name of nothing costs only whoever names it.
    func seen(product: UUID, enterprise: UUID) async throws -> PlaceOrder.Seen {
        let (product, enterprise) = (
            HeardEvents.Stream(source: "catalogue", key: product.lowercased),
            HeardEvents.Stream(source: "identity", key: enterprise.lowercased)
        )
        let end = ContinuousClock.now + Self.patience
        var pause = Duration.milliseconds(10)
        while true {
            let heard = try await pool.withConnection { try await HeardEvents.load([product, enterprise], on: $0) }
            let seen = PlaceOrder.Seen(product: heard.version(of: product), enterprise: heard.version(of: enterprise))
            if seen.product != nil && seen.enterprise != nil || ContinuousClock.now >= end { return seen }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
