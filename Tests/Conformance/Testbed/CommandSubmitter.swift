import Synchronization

/// Submits commands to asker processes and records those reported as accepted. Commands submitted to a killed process are submitted again
/// to another with the same idempotency key.
final class CommandSubmitter: Sendable {
    private struct State {
        var next = 1
        var submitted: [Int: (command: PlannedCommand, to: ToyInstance)] = [:]
        var accepted: [Int: PlannedCommand] = [:]
        var nextAsker = 0
    }

    private let seed: UInt64
    private let command: @Sendable (Int, UInt64) -> PlannedCommand
    private let state = Mutex(State())

    init(seed: UInt64, command: @escaping @Sendable (Int, UInt64) -> PlannedCommand = PlannedCommand.init(number:seed:)) {
        self.seed = seed
        self.command = command
    }

    /// The accepted commands, sorted by number.
    var accepted: [PlannedCommand] { state.withLock { $0.accepted.values.sorted { $0.number < $1.number } } }
    var acceptedCount: Int { state.withLock { $0.accepted.count } }
    var outstandingCount: Int { state.withLock { $0.submitted.count } }

    /// Submits the next `count` commands.
    func submit(_ count: Int, to askers: [ToyInstance]) {
        guard !askers.isEmpty else { return }
        for _ in 0..<count {
            let number = state.withLock { state in
                defer { state.next += 1 }
                return state.next
            }
            submit(command(number, seed), to: askers)
        }
    }

    private func submit(_ command: PlannedCommand, to askers: [ToyInstance]) {
        let asker = state.withLock { state in
            state.nextAsker += 1
            let asker = askers[state.nextAsker % askers.count]
            state.submitted[command.number] = (command, asker)
            return asker
        }
        asker.sendLine("promise \(command.number) \(command.counter) \(command.amount)")
    }

    /// Records a command as accepted.
    func recordAccepted(_ number: Int) {
        state.withLock { state in
            if let (command, _) = state.submitted.removeValue(forKey: number) { state.accepted[number] = command }
        }
    }

    /// Submits the commands of ended processes again.
    func resubmit(to askers: [ToyInstance]) {
        guard !askers.isEmpty else { return }
        let orphans = state.withLock { $0.submitted.values.filter { !$0.to.isAlive } }
        for (command, _) in orphans.sorted(by: { $0.command.number < $1.command.number }) { submit(command, to: askers) }
    }
}
