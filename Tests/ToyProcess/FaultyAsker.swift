import Messaging
import Postgres
import Synchronization
import Toys

/// A fault injected into the asker's own rows, outside messaging, to prove that the conformance checks detect it.
enum InjectedFault: String, Sendable {
    /// One effect is omitted.
    case drop
    /// One effect happens twice.
    case double
    /// Two effects of one counter are swapped.
    case swap
}

/// The asker, optionally with an injected fault.
enum FaultyAsker {
    static func registry(fault: InjectedFault?, poison: Poison?) -> HandlerRegistry<SeenRows> {
        let handler = FaultyHandler(fault: fault, poison: poison)
        return HandlerRegistry(service: AskerService.name, rows: SeenRows.self, asks: ["counter"]) { Subscribes(handler) }
    }
}

/// Stores events, one of them wrongly.
final class FaultyHandler: Handler {
    /// The number of events before the fault.
    private static let before = 20

    private struct State {
        var count = 0
        var delayed: AmountAdded?
        var isDone = false
    }

    private let fault: InjectedFault?
    private let poison: Poison?
    private let state = Mutex(State())

    init(fault: InjectedFault?, poison: Poison?) { (self.fault, self.poison) = (fault, poison) }

    func requestRows(for input: AmountAdded, in rows: inout SeenRows) {}

    func handle(_ input: AmountAdded, context: HandlingContext, rows: inout SeenRows, output: inout HandlerOutput) throws {
        try poison?.check(input)
        for event in effects(for: input) { rows.add(event) }
    }

    private func effects(for input: AmountAdded) -> [AmountAdded] {
        guard let fault else { return [input] }
        return state.withLock { state in
            state.count += 1
            guard state.count > Self.before, !state.isDone else { return [input] }
            switch fault {
            case .drop:
                state.isDone = true
                return []
            case .double:
                state.isDone = true
                return [input, input]
            case .swap:
                guard let first = state.delayed else {
                    state.delayed = input
                    return []
                }
                guard first.counter == input.counter else { return [input] }
                state.isDone = true
                return [input, first]
            }
        }
    }
}
