import Metrics

/// The metrics of messaging. Names end in their unit; `service` is the only label.
struct MessagingMetrics: Sendable {
    private let handled: Counter
    private let refused: Counter
    private let duplicates: Counter
    private let parked: Counter
    private let dropped: Counter
    private let retries: Counter
    private let publishedRecords: Counter
    private let batchMessages: Recorder
    private let batchTime: Timer
    private let heldShards: Gauge
    private let waiting: Gauge
    private let waitingAge: Gauge
    private let deferred: Gauge

    init(service: String) {
        let labels = [("service", service)]
        handled = Counter(label: "messaging_handled_total", dimensions: labels)
        refused = Counter(label: "messaging_refused_total", dimensions: labels)
        duplicates = Counter(label: "messaging_duplicates_total", dimensions: labels)
        parked = Counter(label: "messaging_parked_total", dimensions: labels)
        dropped = Counter(label: "messaging_dropped_total", dimensions: labels)
        retries = Counter(label: "messaging_retries_total", dimensions: labels)
        publishedRecords = Counter(label: "messaging_published_total", dimensions: labels)
        batchMessages = Recorder(label: "messaging_batch_messages", dimensions: labels)
        batchTime = Timer(label: "messaging_batch_seconds", dimensions: labels)
        heldShards = Gauge(label: "messaging_relay_shards", dimensions: labels)
        waiting = Gauge(label: "messaging_outbox_waiting", dimensions: labels)
        waitingAge = Gauge(label: "messaging_outbox_oldest_milliseconds", dimensions: labels)
        deferred = Gauge(label: "messaging_deferred_replies", dimensions: labels)
    }

    func count(_ effect: BatchEffect) {
        if effect.handled > 0 { handled.increment(by: effect.handled) }
        if effect.refused > 0 { refused.increment(by: effect.refused) }
        if effect.duplicates > 0 { duplicates.increment(by: effect.duplicates) }
        if effect.parked > 0 { parked.increment(by: effect.parked) }
        if effect.dropped > 0 { dropped.increment(by: effect.dropped) }
    }

    func batch(messages: Int, took: Duration) {
        batchMessages.record(messages)
        batchTime.record(duration: took)
    }

    func retried() { retries.increment() }
    func published(_ records: Int) { publishedRecords.increment(by: records) }
    func shardsHeld(_ shards: Int) { heldShards.record(shards) }

    func outbox(waiting rows: Int64, oldest milliseconds: Int64) {
        waiting.record(rows)
        waitingAge.record(milliseconds)
    }

    func deferredReplies(_ count: Int64) { deferred.record(count) }
}
