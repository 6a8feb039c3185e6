import Foundation
import HTTPTypes
import Hummingbird

/// The current time of the installation.
struct ClockRoutes: Sendable {
    let api: PortalAPI

    private struct Time: Encodable {
        let now: Date
        let rehearsal: Bool
    }

    func add(to routes: APIRoutes) {
        routes.get("clock") { _, _ in try APIResponse(.ok, Time(now: try await api.clock.now(), rehearsal: api.clock.isRehearsal)) }
    }
}
