import Messaging
import Postgres
import Synchronization
import Toys

/// A fault planted in the asker's own rows, below everything that messaging does, to prove that the checks see it.
enum Spoil: String, Sendable {
    /// One effect is left out.
    case drop
    /// One effect happens twice.
    case double
    /// Two effects of one counter change places.
    case swap
}

/// The asker, with a fault planted in it if so wanted.
enum SpoiledAsker {
    static func contents(spoiling spoil: Spoil?, poisonedBy poison: Poison?) -> Contents<SeenRows> {
        let handler = SpoiledHandler(spoil: spoil, poison: poison)
        return Contents(service: AskerService.name, rows: SeenRows.self, asks: ["counter"]) { Follows(handler) }
    }
}

/// Notes events down, one of them wrongly.
final class SpoiledHandler: Handler {
    /// How many events are taken before the fault.
    private static let before = 20

    private struct State {
        var taken = 0
        var keptBack: AmountAdded?
        var isDone = false
    }

    private let spoil: Spoil?
    private let poison: Poison?
    private let state = Mutex(State())

    init(spoil: Spoil?, poison: Poison?) { (self.spoil, self.poison) = (spoil, poison) }

    func wants(_ input: AmountAdded, in rows: inout SeenRows) {}

    func handle(_ input: AmountAdded, context: HandlingContext, rows: inout SeenRows, say: inout Said) throws {
        try poison?.check(input)
        for event in noted(for: input) { rows.add(event) }
    }

    private func noted(for input: AmountAdded) -> [AmountAdded] {
        guard let spoil else { return [input] }
        return state.withLock { state in
            state.taken += 1
            guard state.taken > Self.before, !state.isDone else { return [input] }
            switch spoil {
            case .drop:
                state.isDone = true
                return []
            case .double:
                state.isDone = true
                return [input, input]
            case .swap:
                guard let first = state.keptBack else {
                    state.keptBack = input
                    return []
                }
                guard first.counter == input.counter else { return [input] }
                state.isDone = true
                return [input, first]
            }
        }
    }
}
