import Messaging
import Synchronization

/// The processes of one service. Faults end single processes; the group replaces them.
final class InstanceGroup: Sendable {
    let role: Role
    /// The usual number of processes; there may be one more for a while.
    let size: Int
    private let launch: @Sendable (_ name: String) async throws -> ToyInstance
    private let state = Mutex<(instances: [ToyInstance], launched: Int)>(([], 0))

    init(_ role: Role, size: Int, launch: @escaping @Sendable (_ name: String) async throws -> ToyInstance) {
        self.role = role
        self.size = size
        self.launch = launch
    }

    /// The running processes, oldest first.
    var alive: [ToyInstance] { state.withLock { $0.instances }.filter(\.isAlive) }

    /// Starts an additional process.
    @discardableResult
    func startOne() async throws -> ToyInstance {
        let number = state.withLock { state in
            state.launched += 1
            return state.launched
        }
        let instance = try await launch("\(role.rawValue)-\(number)")
        state.withLock { state in
            state.instances.removeAll { !$0.isAlive }
            state.instances.append(instance)
        }
        return instance
    }

    /// Starts processes up to the usual number.
    func startMissing() async throws {
        while alive.count < size { try await startOne() }
    }

    /// Selects a process for a fault: one that no other fault uses and that has reached `point`, if given. `choice` selects modulo their
    /// number. Returns nil if there is none within `limit`.
    func victim(_ choice: Int, having point: FaultPoint? = nil, within limit: Duration = .seconds(15)) async throws -> ToyInstance? {
        try await poll(limit) {
            let candidates = alive.filter { instance in point.map { instance.hasReached($0) } ?? true }
            guard !candidates.isEmpty else { return nil }
            let chosen = candidates[choice % candidates.count]
            return chosen.takeForFault() ? chosen : candidates.first { $0.takeForFault() }
        }
    }

    /// Stops the processes above the usual number, oldest first, and kills those that do not stop.
    func stopSurplus() async throws {
        let surplus = alive.dropLast(size)
        for instance in surplus { instance.sendLine("stop") }
        for instance in surplus where try await instance.ended(within: .seconds(15)) == nil { instance.signal(9) }
    }

    /// Kills all processes and waits for their end.
    func killAll() async throws {
        let instances = alive
        for instance in instances { instance.signal(9) }
        for instance in instances {
            guard try await instance.ended(within: .seconds(10)) != nil else {
                throw TestbedError("\(instance.name) did not end after SIGKILL")
            }
        }
    }

    /// Processes that ended with an error status although no fault killed them.
    func unexpectedEnds() -> [String] {
        state.withLock { $0.instances }.compactMap { instance in
            guard let end = instance.end, end.status != 0, !end.wasKilled else { return nil }
            return "\(instance.name) ended with status \(end.status)"
        }
    }
}
