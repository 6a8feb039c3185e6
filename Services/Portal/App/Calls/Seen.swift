import Foundation
import Messages
import Messaging

extension PortalAPI {
    /// What has been told here of a product and an enterprise.
    func seen(product: UUID, enterprise: UUID) async throws -> PlaceOrder.Seen {
        let streams = (
            product: HeardEvents.Stream(source: "catalogue", key: product.lowercased),
            enterprise: HeardEvents.Stream(source: "identity", key: enterprise.lowercased)
        )
        let heard = try await heard([streams.product, streams.enterprise], of: enterprise, naming: [product])
        return PlaceOrder.Seen(product: heard.version(of: streams.product), enterprise: heard.version(of: streams.enterprise))
    }

    /// What has been told here of a programme. Nobody asks for one over HTTP, so that there is nothing to wait for.
    func seen(programme: String) async throws -> Int64? {
        let stream = HeardEvents.Stream(source: "catalogue", key: programme)
        return try await requests.heard([stream]).version(of: stream)
    }

    /// What has been told here of an institution. It is registered by an office, so that its own people cannot be told apart from those who name
    /// nothing: they wait for it, a second at most.
    func seen(institution: UUID) async throws -> Int64? {
        let stream = HeardEvents.Stream(source: "catalogue", key: institution.lowercased)
        let end = ContinuousClock.now + .seconds(1)
        while true {
            if let version = try await requests.heard([stream]).version(of: stream) { return version }
            guard ContinuousClock.now < end else { return nil }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What has been told here of an order, to who names it on behalf of an organisation.
    func seen(order: UUID, by organisation: UUID) async throws -> Int64? {
        let stream = HeardEvents.Stream(source: "ordering", key: order.lowercased)
        return try await heard([stream], of: organisation, naming: [order]).version(of: stream)
    }

    /// How far the portal has come with what a request names. Whoever was answered a moment ago that such a thing is made, waits here until it
    /// has been told of. A name of nothing costs no waiting: the service that is asked knows that there is no such thing.
    private func heard(
        _ streams: Set<HeardEvents.Stream>, of organisation: UUID, naming ids: [UUID]
    ) async throws -> HeardEvents {
        try await requests.waitUntilTold(organisation: organisation.lowercased, ids: ids, within: Self.patience)
        return try await requests.heard(streams)
    }
}
