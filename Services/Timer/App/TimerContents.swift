import Messaging

/// Everything `timer` takes, and from whom.
enum TimerContents {
    static let contents = Contents(
        service: "timer", rows: TimerRows.self, commandsFrom: ["identity", "ordering", "redemption"]
    ) {
        Takes(ScheduleTimerHandler())
        Takes(CancelTimerHandler())
        Takes(AdvanceClockHandler())
    }
}
