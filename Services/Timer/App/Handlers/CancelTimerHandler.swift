import Messages
import Messaging
import TimerDomain

/// Cancels a timer. A fired or unknown timer is ignored, because the owner checks its own state when a timer fires.
struct CancelTimerHandler: Handler {
    func requestRows(for input: CancelTimer, in rows: inout TimerRows) { rows.request(input.id) }

    func handle(_ input: CancelTimer, context: HandlingContext, rows: inout TimerRows, output: inout HandlerOutput) throws {
        try Scheduling.checkOwner(input.owner, context.envelope.source)
        guard var timer = rows.timer(input.id), timer.state != .fired else { return }
        timer.state = .cancelled
        rows.set(timer)
    }
}

extension CancelTimer {
    fileprivate var id: TimerID { TimerID(owner: owner, name: name) }
}
