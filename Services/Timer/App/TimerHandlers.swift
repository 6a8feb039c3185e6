import Messaging

/// The commands of `timer`, and the services it accepts them from.
enum TimerHandlers {
    static let registry = HandlerRegistry(
        service: "timer", rows: TimerRows.self, commandsFrom: ["identity", "ordering", "redemption"]
    ) {
        Handles(ScheduleTimerHandler())
        Handles(CancelTimerHandler())
        Handles(AdvanceClockHandler())
    }
}
