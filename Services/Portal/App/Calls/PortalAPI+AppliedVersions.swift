import Foundation
import Messages
import Messaging
import StrictJSON

extension PortalAPI {
    /// The applied event versions of a product and an enterprise.
    func consistencyToken(product: UUID, enterprise: UUID) async throws -> PlaceOrder.ConsistencyToken {
        let streams = (
            product: AppliedVersions.Stream(source: "catalogue", key: product.lowercased),
            enterprise: AppliedVersions.Stream(source: "identity", key: enterprise.lowercased)
        )
        let applied = try await applied([streams.product, streams.enterprise], of: enterprise, naming: [product])
        return PlaceOrder.ConsistencyToken(
            product: applied.version(of: streams.product), enterprise: applied.version(of: streams.enterprise))
    }

    /// The applied event version of a programme. No caller of the API publishes programmes, so there is no pending event to wait for.
    func appliedVersion(ofProgramme programme: String) async throws -> Int64? {
        let stream = AppliedVersions.Stream(source: "catalogue", key: programme)
        return try await requests.appliedVersions(of: [stream]).version(of: stream)
    }

    /// The applied event version of an institution. An office registers it, so its pending event cannot be found by the caller's
    /// organisation: an unknown institution is waited for, one second at most.
    func appliedVersion(ofInstitution institution: UUID) async throws -> Int64? {
        let stream = AppliedVersions.Stream(source: "catalogue", key: institution.lowercased)
        let end = ContinuousClock.now + .seconds(1)
        while true {
            if let version = try await requests.appliedVersions(of: [stream]).version(of: stream) { return version }
            guard ContinuousClock.now < end else { return nil }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The applied event version of an order that an organisation's request names.
    func appliedVersion(ofOrder order: UUID, namedBy organisation: UUID) async throws -> Int64? {
        let stream = AppliedVersions.Stream(source: "ordering", key: order.lowercased)
        return try await applied([stream], of: organisation, naming: [order]).version(of: stream)
    }

    /// The applied event versions of the records that a request names. Waits for the pending events of recently completed commands; an id
    /// that no command created is not waited for, because the service refuses it.
    private func applied(
        _ streams: Set<AppliedVersions.Stream>, of organisation: UUID, naming ids: [UUID]
    ) async throws -> AppliedVersions {
        try await requests.waitUntilApplied(organisation: organisation.lowercased, ids: ids, within: Self.eventTimeout)
        return try await requests.appliedVersions(of: streams)
    }
}
