import Messages

/// While a service is down, the log drops records that the service has not read.
struct LogEvicted: Fault {
    let role: Role

    private static let commands = 40

    func inject(into testbed: Testbed) async throws -> Bool {
        let instances = testbed.instances(of: role)
        let before = try await requests(in: testbed)
        if role == .counter { try await instances.killAll() }
        testbed.submit(Self.commands)
        // The asker must accept the commands before it is killed; the counter's events arrive while it is down.
        _ = try await poll(.seconds(10)) { testbed.submitter.outstandingCount == 0 ? true : nil }
        if role == .asker { try await instances.killAll() }
        let wanted = role == .counter ? Self.commands : 1
        let areUnread = try await poll(.seconds(30), every: .milliseconds(50)) { try await unread(in: testbed) >= wanted ? true : nil }
        try await testbed.broker.evict(role.topicsRead)
        try await instances.startMissing()
        let isRequested = try await poll(.seconds(30)) { try await requests(in: testbed) > before ? true : nil }
        return areUnread == true && isRequested == true
    }

    /// The number of published commands or events that the service has not handled.
    private func unread(in testbed: Testbed) async throws -> Int64 {
        let (publisher, type, handled) =
            switch role {
            case .counter: (Role.asker, "counter.add-amount%", "select count(*) from audit where type like 'counter.add-amount%'")
            case .asker: (Role.counter, "counter.amount-added%", "select count(*) from seen")
            }
        let published = try await testbed.databases.number(
            publisher,
            "select count(*) from outbox where type like '\(type)' and position not in (select position from outbox_waiting)")
        return try await published - testbed.databases.number(role, handled)
    }

    /// The number of republish requests of the service.
    private func requests(in testbed: Testbed) async throws -> Int64 {
        try await testbed.databases.number(role, "select count(*) from outbox where type = '\(Republish.type)'")
    }
}

/// The brokers lose all data and are replaced. All processes are restarted with the new addresses.
struct LogWiped: Fault {
    func inject(into testbed: Testbed) async throws -> Bool {
        let old = testbed.broker.bootstrapServers
        try await testbed.broker.wipe()
        for instances in testbed.allInstanceGroups {
            try await instances.killAll()
            try await instances.startMissing()
        }
        return testbed.broker.bootstrapServers != old
    }
}
