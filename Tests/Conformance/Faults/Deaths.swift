import Glibc
import Messaging

/// A process dies at a point of a message's way.
struct DeathAtPoint: Fault {
    let role: Role
    let point: FaultPoint
    let hit: Int
    let victim: Int

    private static let occasion: Duration = .seconds(25)

    func happen(in world: World) async throws -> Bool {
        let crew = world.crew(role)
        // A process that has not been given a share yet would be waited for in vain.
        guard let victim = try await crew.victim(victim, having: isOfRelay ? .published : .received) else { return false }
        victim.tell("die \(point.rawValue) \(hit)")
        let end = try await victim.ended(within: Self.occasion)
        if end == nil { victim.signal(SIGKILL) }
        _ = try await victim.ended(within: .seconds(10))
        try crew.fill()
        return end?.wasKilled == true && end?.diedAt == point
    }

    private var isOfRelay: Bool { point == .published || point == .acknowledged }
}

/// A process is killed from outside at any moment.
struct DeathAnywhere: Fault {
    let role: Role
    let victim: Int
    let after: Duration

    func happen(in world: World) async throws -> Bool {
        try await Task.sleep(for: after)
        return try await world.crew(role).kill(victim, having: nil)
    }
}

/// A relay that publishes is killed from outside: its leases run on until they end.
struct DeathOfRelay: Fault {
    let role: Role
    let victim: Int

    func happen(in world: World) async throws -> Bool { try await world.crew(role).kill(victim, having: .published) }
}

extension Crew {
    /// Kills one and replaces it.
    fileprivate func kill(_ choice: Int, having point: FaultPoint?) async throws -> Bool {
        guard let victim = try await victim(choice, having: point) else { return false }
        victim.signal(SIGKILL)
        let end = try await victim.ended(within: .seconds(10))
        try fill()
        return end?.wasKilled == true
    }
}
