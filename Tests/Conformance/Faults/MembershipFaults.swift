import Messaging

/// An additional process joins; the fault has happened when the process reaches a point of its work.
struct InstanceAdded: Fault {
    let role: Role
    /// `received`: its consumer was assigned partitions. `published`: its relay was assigned shards.
    let reaches: FaultPoint

    func inject(into testbed: Testbed) async throws -> Bool {
        let instances = testbed.instances(of: role)
        if instances.alive.count > instances.size { try await instances.stopSurplus() }
        let added = try await instances.startOne()
        return try await added.reaches(reaches, within: .seconds(25))
    }
}

/// A process stops gracefully and is replaced.
struct InstanceLeft: Fault {
    let role: Role
    let victim: Int

    func inject(into testbed: Testbed) async throws -> Bool {
        let instances = testbed.instances(of: role)
        guard let leaving = try await instances.victim(victim, having: .received) else { return false }
        leaving.sendLine("stop")
        let end = try await leaving.ended(within: .seconds(20))
        if end == nil { leaving.signal(9) }
        try await instances.startMissing()
        return end?.status == 0
    }
}
