import TestKit

/// A session of a service's database ends in the middle of whatever it does.
struct SessionEnd: Fault {
    let role: Role
    let victim: Int
    /// Whether its process is killed outright, whereupon PostgreSQL drops every session and recovers.
    let isCrash: Bool

    func happen(in world: World) async throws -> Bool {
        let found = try await waited(.seconds(15)) {
            let backends = try await world.databases.backends(role.rawValue)
            return backends.isEmpty ? nil : backends
        }
        guard let found else { return false }
        let pid = found[victim % found.count]
        if isCrash { world.databases.server.crashBackend(pid) } else { world.databases.server.killBackend(pid) }
        return try await waited(.seconds(20)) { try await world.databases.backends(role.rawValue).contains(pid) ? nil : true } ?? false
    }
}

/// PostgreSQL stops and starts again.
struct ServerRestart: Fault {
    let mode: PrivatePostgres.StopMode

    func happen(in world: World) async throws -> Bool {
        try await world.databases.server.restart(mode)
        return true
    }
}
