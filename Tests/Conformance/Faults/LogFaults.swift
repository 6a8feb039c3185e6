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
        try await Task.sleep(for: .milliseconds(700))
        try await testbed.broker.evict(role.topicsRead)
        try instances.startMissing()
        return try await poll(.seconds(30)) { try await requests(in: testbed) > before ? true : nil } ?? false
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
            try instances.startMissing()
        }
        return testbed.broker.bootstrapServers != old
    }
}
