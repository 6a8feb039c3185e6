public import Foundation
public import Kernel
public import Messages

/// The clock of a rehearsal. It stands still until an operator moves it, and stops at every timer on its way, so that nothing is passed by.
public enum RehearsalClock {
    /// Where the clock goes.
    ///
    /// Only the operator's tool may move it, in a rehearsal (`now` is nil elsewhere), and never back: QUAN-10, QUAN-19.
    /// - Parameters:
    ///   - now: where it stands.
    ///   - timersDue: how many timers are due there that have not fired, or whose firing is not published. It stays until there are none.
    ///   - nextFiring: when the first of the other timers fires.
    public static func advance(
        to: Date, from now: Date?, source: String, timersDue: Int64, nextFiring: Date?
    ) throws(Refusal) -> AdvanceClock.Answer {
        guard source == operatorTool else {
            throw PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "只有运维工具可以调整演练时钟。", en: "Only the operator's tool moves the clock of a rehearsal."))
        }
        guard let now else { throw PlatformRule.clockNotMovable.refusal() }
        guard (try? BeijingTime.date(at: to)) != nil, to >= now else {
            throw PlatformRule.clockNotMovable.refusal().comparing("stands", text(now), .code).comparing("requested", text(to), .code)
        }
        guard timersDue == 0 else { return AdvanceClock.Answer(instant: now, isThere: to == now, timersDue: timersDue) }
        let stop = nextFiring.map { min($0, to) } ?? to
        // A timer that fires just where the clock stops is due there.
        let dueThere: Int64 = nextFiring.map { $0 <= stop ? 1 : 0 } ?? 0
        return AdvanceClock.Answer(instant: stop, isThere: stop == to, timersDue: dueThere)
    }

    /// Who may move the clock.
    public static let operatorTool = "quan"

    private static func text(_ instant: Date) -> String { instant.ISO8601Format() }
}
