import Foundation
import Kernel
import Messages
import Messaging
import TimerDomain

/// Sets a timer, or moves it.
struct ScheduleTimerHandler: Handler {
    /// What the owner is told.
    struct Answer: Encodable {
        let state: StoredTimer.State
        /// When it fires; nil while only the rule is known, and once it has fired.
        let firesAt: Date?
    }

    var calendar = WorkingDayCalendar.stateCouncil

    func wants(_ input: ScheduleTimer, in rows: inout TimerRows) { rows.want(input.id) }

    func handle(_ input: ScheduleTimer, context: HandlingContext, rows: inout TimerRows, say: inout Said) throws {
        let timer = try Scheduling.schedule(
            input, from: context.envelope.source, existing: rows.timer(input.id), calendar: calendar)
        if let timer { rows.set(timer) }
        try say.answer(Answer(state: timer?.state ?? .fired, firesAt: timer?.firesAt))
    }
}

extension ScheduleTimer {
    /// Which timer.
    var id: TimerID { TimerID(owner: owner, name: name) }
}
