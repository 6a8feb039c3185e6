import Messages

/// A service is away, and what it had not read is dropped from the log meanwhile.
struct LogEvicted: Fault {
    let role: Role

    private static let commands = 40

    func happen(in world: World) async throws -> Bool {
        let crew = world.crew(role)
        let asked = try await requests(in: world)
        if role == .counter { try await crew.killAll() }
        world.promise(Self.commands)
        // The asker has to promise before it can be away; what the counter says of it comes when it is.
        _ = try await waited(.seconds(10)) { world.promises.outstandingCount == 0 ? true : nil }
        if role == .asker { try await crew.killAll() }
        try await Task.sleep(for: .milliseconds(700))
        try await world.broker.evict(role.topicsRead)
        try crew.fill()
        return try await waited(.seconds(30)) { try await requests(in: world) > asked ? true : nil } ?? false
    }

    /// How often the service has asked for what it misses.
    private func requests(in world: World) async throws -> Int64 {
        try await world.databases.number(role, "select count(*) from outbox where type = '\(Republish.type)'")
    }
}

/// The brokers are gone with everything in them, and others take their place. All processes are started anew with the
/// new addresses.
struct LogWiped: Fault {
    func happen(in world: World) async throws -> Bool {
        let old = world.broker.bootstrapServers
        try await world.broker.wipe()
        for crew in world.allCrews {
            try await crew.killAll()
            try crew.fill()
        }
        return world.broker.bootstrapServers != old
    }
}
