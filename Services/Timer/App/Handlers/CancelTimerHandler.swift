import Messages
import Messaging
import TimerDomain

/// Cancels a timer. One that has fired, or never was, stays as it is: the owner looks at its own state anyway.
struct CancelTimerHandler: Handler {
    func wants(_ input: CancelTimer, in rows: inout TimerRows) { rows.want(input.id) }

    func handle(_ input: CancelTimer, context: HandlingContext, rows: inout TimerRows, say: inout Said) throws {
        try Scheduling.checkOwner(input.owner, context.envelope.source)
        guard var timer = rows.timer(input.id), timer.state != .fired else { return }
        timer.state = .cancelled
        rows.set(timer)
    }
}

extension CancelTimer {
    /// Which timer.
    fileprivate var id: TimerID { TimerID(owner: owner, name: name) }
}
