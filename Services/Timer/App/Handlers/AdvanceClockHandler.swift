import Messages
import Messaging
import TimerDomain

/// Moves the clock of a rehearsal on, to the next timer at most.
struct AdvanceClockHandler: Handler {
    func wants(_ input: AdvanceClock, in rows: inout TimerRows) { rows.wantClock() }

    func handle(_ input: AdvanceClock, context: HandlingContext, rows: inout TimerRows, say: inout Said) throws {
        let answer = try RehearsalClock.advance(
            to: input.to, from: rows.clock, source: context.envelope.source, timersDue: rows.timersDue, nextFiring: rows.nextFiring)
        if answer.instant != rows.clock {
            rows.moveClock(to: answer.instant)
            try say.publish(ClockMoved(instant: answer.instant), key: ClockMoved.key)
        }
        try say.answer(answer)
    }
}

extension ClockMoved {
    /// The one key of its events.
    static let key = "clock"
}
