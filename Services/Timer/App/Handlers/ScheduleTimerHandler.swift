import Foundation
import Kernel
import Messages
import Messaging
import TimerDomain

/// Creates or moves a timer.
struct ScheduleTimerHandler: Handler {
    /// The answer to the owner.
    struct Answer: Encodable {
        let state: StoredTimer.State
        /// The instant of firing; nil while the timer is provisional, and after it has fired.
        let firesAt: Date?
    }

    var calendar = WorkingDayCalendar.stateCouncil

    func requestRows(for input: ScheduleTimer, in rows: inout TimerRows) { rows.request(input.id) }

    func handle(_ input: ScheduleTimer, context: HandlingContext, rows: inout TimerRows, output: inout HandlerOutput) throws {
        let timer = try Scheduling.schedule(
            input, from: context.envelope.source, existing: rows.timer(input.id), calendar: calendar)
        if let timer { rows.set(timer) }
        try output.answer(Answer(state: timer?.state ?? .fired, firesAt: timer?.firesAt))
    }
}

extension ScheduleTimer {
    var id: TimerID { TimerID(owner: owner, name: name) }
}
