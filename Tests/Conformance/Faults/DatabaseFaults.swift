import TestKit

/// A session of a service's database ends at any moment.
struct SessionEnd: Fault {
    let role: Role
    let victim: Int
    /// Whether its process is killed, so that PostgreSQL ends every session and recovers.
    let isCrash: Bool

    func inject(into testbed: Testbed) async throws -> Bool {
        let found = try await poll(.seconds(15)) {
            let backends = try await testbed.databases.backends(role.rawValue)
            return backends.isEmpty ? nil : backends
        }
        guard let found else { return false }
        let pid = found[victim % found.count]
        if isCrash { testbed.databases.server.crashBackend(pid) } else { testbed.databases.server.killBackend(pid) }
        return try await poll(.seconds(20)) { try await testbed.databases.backends(role.rawValue).contains(pid) ? nil : true } ?? false
    }
}

/// PostgreSQL is restarted.
struct ServerRestart: Fault {
    let mode: PrivatePostgres.StopMode

    func inject(into testbed: Testbed) async throws -> Bool {
        try await testbed.databases.server.restart(mode)
        return true
    }
}
