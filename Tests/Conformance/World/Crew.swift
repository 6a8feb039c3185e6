import Messaging
import Synchronization

/// The processes of one service. Faults take them one by one; the crew sees to it that there are always enough.
final class Crew: Sendable {
    let role: Role
    /// So many are kept alive; one more at most, for a while.
    let size: Int
    private let launch: @Sendable (_ name: String) throws -> ToyInstance
    private let state = Mutex<(instances: [ToyInstance], launched: Int)>(([], 0))

    init(_ role: Role, size: Int, launch: @escaping @Sendable (_ name: String) throws -> ToyInstance) {
        self.role = role
        self.size = size
        self.launch = launch
    }

    /// The living, the oldest first.
    var alive: [ToyInstance] { state.withLock { $0.instances }.filter(\.isAlive) }

    /// Starts one more.
    @discardableResult
    func add() throws -> ToyInstance {
        let number = state.withLock { state in
            state.launched += 1
            return state.launched
        }
        let instance = try launch("\(role.rawValue)-\(number)")
        state.withLock { state in
            state.instances.removeAll { !$0.isAlive }
            state.instances.append(instance)
        }
        return instance
    }

    /// Starts as many as there should be.
    func fill() throws {
        while alive.count < size { try add() }
    }

    /// One that no other fault has, which has reached `point` if one is named; the `choice`th, counted round. Waits a while for
    /// there to be one.
    func victim(_ choice: Int, having point: FaultPoint? = nil, within limit: Duration = .seconds(15)) async throws -> ToyInstance? {
        try await waited(limit) {
            let candidates = alive.filter { instance in point.map { instance.hasReached($0) } ?? true }
            guard !candidates.isEmpty else { return nil }
            let chosen = candidates[choice % candidates.count]
            return chosen.takeForFault() ? chosen : candidates.first { $0.takeForFault() }
        }
    }

    /// Ends those beyond the usual number, the oldest first, in order; what does not end is killed.
    func trim() async throws {
        let surplus = alive.dropLast(size)
        for instance in surplus { instance.tell("stop") }
        for instance in surplus where try await instance.ended(within: .seconds(15)) == nil { instance.signal(9) }
    }

    /// Kills them all and waits for their end.
    func killAll() async throws {
        let instances = alive
        for instance in instances { instance.signal(9) }
        for instance in instances {
            guard try await instance.ended(within: .seconds(10)) != nil else { throw WorldError("\(instance.name) survives SIGKILL") }
        }
    }

    /// Processes that ended by themselves, with a status that no fault explains.
    func unexpectedEnds() -> [String] {
        state.withLock { $0.instances }.compactMap { instance in
            guard let end = instance.end, end.status != 0, !end.wasKilled else { return nil }
            return "\(instance.name) ended with status \(end.status)"
        }
    }
}
