import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `timer`.
    static let timer: [CataloguedMessage] = [
        CataloguedMessage(
            ScheduleTimer(
                owner: "ordering", name: "order/0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e/decision", subject: orderKey,
                purpose: "order.decision", due: .workingDays(5, after: timerInstant), graceSeconds: 60)),
        CataloguedMessage(CancelTimer(owner: "ordering", name: "order/0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e/decision")),
        CataloguedMessage(
            TimerFired(
                owner: "ordering", name: "order/0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e/decision", subject: orderKey,
                purpose: "order.decision", dueAt: timerInstant)),
        CataloguedMessage(AdvanceClock(to: timerInstant)),
        CataloguedMessage(ClockMoved(instant: timerInstant)),
    ]

    private static let orderKey = "0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e"
    /// 8 January 2027, 24:00 in Beijing.
    private static let timerInstant = Date(timeIntervalSince1970: 1_799_424_000)
}
