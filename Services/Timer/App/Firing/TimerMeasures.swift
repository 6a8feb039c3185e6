import Metrics

/// What `timer` measures: how many timers wait, are due or have only a rule, and how late they fire.
struct TimerMeasures: Sendable {
    private let waiting = Gauge(label: "timer_waiting")
    private let due = Gauge(label: "timer_due")
    private let provisional = Gauge(label: "timer_provisional")
    private let firings = Counter(label: "timer_fired_total")
    private let lateness = Recorder(label: "timer_lateness_milliseconds")

    func standing(waiting: Int64, due: Int64, provisional: Int64) {
        self.waiting.record(waiting)
        self.due.record(due)
        self.provisional.record(provisional)
    }

    func fired(late seconds: Double) {
        firings.increment()
        lateness.record((seconds * 1000).rounded())
    }
}
