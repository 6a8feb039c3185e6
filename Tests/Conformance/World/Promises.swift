import Synchronization

/// Gives commands to askers to promise, and remembers whose promise came back. What was given to a process that died goes to
/// another: under its idempotency key it is the same command.
final class Promises: Sendable {
    private struct State {
        var next = 1
        var given: [Int: (command: PlannedCommand, to: ToyInstance)] = [:]
        var kept: [Int: PlannedCommand] = [:]
        var turn = 0
    }

    private let seed: UInt64
    private let command: @Sendable (Int, UInt64) -> PlannedCommand
    private let state = Mutex(State())

    init(seed: UInt64, command: @escaping @Sendable (Int, UInt64) -> PlannedCommand = PlannedCommand.init(number:seed:)) {
        self.seed = seed
        self.command = command
    }

    /// The commands whose promise came back.
    var kept: [PlannedCommand] { state.withLock { $0.kept.values.sorted { $0.number < $1.number } } }
    var keptCount: Int { state.withLock { $0.kept.count } }
    var outstandingCount: Int { state.withLock { $0.given.count } }

    /// Has the next `count` commands promised.
    func give(_ count: Int, to askers: [ToyInstance]) {
        guard !askers.isEmpty else { return }
        for _ in 0..<count {
            let number = state.withLock { state in
                defer { state.next += 1 }
                return state.next
            }
            give(command(number, seed), to: askers)
        }
    }

    private func give(_ command: PlannedCommand, to askers: [ToyInstance]) {
        let asker = state.withLock { state in
            state.turn += 1
            let asker = askers[state.turn % askers.count]
            state.given[command.number] = (command, asker)
            return asker
        }
        asker.tell("promise \(command.number) \(command.counter) \(command.amount)")
    }

    /// A promise came back.
    func keep(_ number: Int) {
        state.withLock { state in
            if let (command, _) = state.given.removeValue(forKey: number) { state.kept[number] = command }
        }
    }

    /// Gives what died with its process to another.
    func giveAgain(to askers: [ToyInstance]) {
        guard !askers.isEmpty else { return }
        let orphans = state.withLock { $0.given.values.filter { !$0.to.isAlive } }
        for (command, _) in orphans.sorted(by: { $0.command.number < $1.command.number }) { give(command, to: askers) }
    }
}
