import Foundation
import HTTPTypes
import Hummingbird

/// What time it is here.
struct ClockRoutes: Sendable {
    let api: PortalAPI

    private struct Time: Encodable {
        let now: Date
        let rehearsal: Bool
    }

    func add(to routes: APIRoutes) {
        routes.get("clock") { _, _ in try Answer(.ok, Time(now: try await api.clock.now(), rehearsal: api.clock.isRehearsal)) }
    }
}
