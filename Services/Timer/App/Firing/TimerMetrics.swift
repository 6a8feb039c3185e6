import Metrics

/// The metrics of `timer`: the numbers of waiting, due and provisional timers, and the lateness of firing.
struct TimerMetrics: Sendable {
    private let waiting = Gauge(label: "timer_waiting")
    private let due = Gauge(label: "timer_due")
    private let provisional = Gauge(label: "timer_provisional")
    private let firings = Counter(label: "timer_fired_total")
    private let lateness = Recorder(label: "timer_lateness_milliseconds")

    func recordCounts(waiting: Int64, due: Int64, provisional: Int64) {
        self.waiting.record(waiting)
        self.due.record(due)
        self.provisional.record(provisional)
    }

    func recordFiring(latenessSeconds: Double) {
        firings.increment()
        lateness.record((latenessSeconds * 1000).rounded())
    }
}
