import Messaging

/// Everything `timer` takes, and from whom.
enum TimerContents {
    static let contents = Contents(
        service: "timer", rows: TimerRows.self, commandsFrom: ["ordering", "redemption", "payout", "identity", "catalogue"]
    ) {
        Takes(ScheduleTimerHandler())
        Takes(CancelTimerHandler())
        Takes(AdvanceClockHandler())
    }
}
