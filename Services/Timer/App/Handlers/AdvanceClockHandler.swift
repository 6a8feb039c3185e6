import Messages
import Messaging
import TimerDomain

/// Advances the clock of a rehearsal, at most to the next timer.
struct AdvanceClockHandler: Handler {
    func requestRows(for input: AdvanceClock, in rows: inout TimerRows) { rows.requestClock() }

    func handle(_ input: AdvanceClock, context: HandlingContext, rows: inout TimerRows, output: inout HandlerOutput) throws {
        let answer = try RehearsalClock.advance(
            to: input.to, from: rows.clock, source: context.envelope.source, timersDue: rows.timersDue, nextFiring: rows.nextFiring)
        if answer.instant != rows.clock {
            rows.moveClock(to: answer.instant)
            try output.publish(ClockMoved(instant: answer.instant), key: ClockMoved.key)
        }
        try output.answer(answer)
    }
}

extension ClockMoved {
    /// The key of all its events.
    static let key = "clock"
}
