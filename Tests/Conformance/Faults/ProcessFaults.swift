import Glibc
import Messaging

/// A process is killed at a point of the handling of a message.
struct KilledAtPoint: Fault {
    let role: Role
    let point: FaultPoint
    let hit: Int
    let victim: Int

    private static let timeout: Duration = .seconds(25)

    func inject(into testbed: Testbed) async throws -> Bool {
        let instances = testbed.instances(of: role)
        // A process without partitions or shards would not reach the point.
        guard let victim = try await instances.victim(victim, having: isOfRelay ? .published : .received) else { return false }
        victim.sendLine("die \(point.rawValue) \(hit)")
        let end = try await victim.ended(within: Self.timeout)
        if end == nil { victim.signal(SIGKILL) }
        _ = try await victim.ended(within: .seconds(10))
        try await instances.startMissing()
        return end?.wasKilled == true && end?.diedAt == point
    }

    private var isOfRelay: Bool { point == .published || point == .acknowledged }
}

/// A process is killed at any moment.
struct InstanceKilled: Fault {
    let role: Role
    let victim: Int
    let after: Duration

    func inject(into testbed: Testbed) async throws -> Bool {
        try await Task.sleep(for: after)
        return try await testbed.instances(of: role).kill(victim, having: nil)
    }
}

/// A publishing relay is killed while it holds leases, which stay until they expire.
struct RelayKilled: Fault {
    let role: Role
    let victim: Int

    func inject(into testbed: Testbed) async throws -> Bool { try await testbed.instances(of: role).kill(victim, having: .published) }
}

extension InstanceGroup {
    /// Kills a process and replaces it.
    fileprivate func kill(_ choice: Int, having point: FaultPoint?) async throws -> Bool {
        guard let victim = try await victim(choice, having: point) else { return false }
        victim.signal(SIGKILL)
        let end = try await victim.ended(within: .seconds(10))
        try await startMissing()
        return end?.wasKilled == true
    }
}
