import Messaging

/// One more process shares the work; seen to happen when it does its first piece of it.
struct Arrival: Fault {
    let role: Role
    /// `received`: its consumer was given partitions. `published`: its relay was given shards.
    let reaches: FaultPoint

    func happen(in world: World) async throws -> Bool {
        let crew = world.crew(role)
        if crew.alive.count > crew.size { try await crew.trim() }
        let arrived = try crew.add()
        return try await arrived.reaches(reaches, within: .seconds(25))
    }
}

/// A process leaves in order, and another takes its place.
struct Departure: Fault {
    let role: Role
    let victim: Int

    func happen(in world: World) async throws -> Bool {
        let crew = world.crew(role)
        guard let leaving = try await crew.victim(victim, having: .received) else { return false }
        leaving.tell("stop")
        let end = try await leaving.ended(within: .seconds(20))
        if end == nil { leaving.signal(9) }
        try crew.fill()
        return end?.status == 0
    }
}
