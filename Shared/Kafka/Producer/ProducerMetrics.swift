import Metrics

/// The metrics of one producer.
struct ProducerMetrics: Sendable {
    private let acknowledged: Counter
    private let failed: Counter
    private let fatal: Counter
    private let waiting: Gauge

    init(clientID: String, factory: any MetricsFactory) {
        func counter(_ outcome: String) -> Counter {
            Counter(
                label: "kafka_producer_records_total", dimensions: [("client", clientID), ("outcome", outcome)], factory: factory)
        }
        acknowledged = counter("acknowledged")
        failed = counter("failed")
        fatal = Counter(label: "kafka_producer_fatal_total", dimensions: [("client", clientID)], factory: factory)
        waiting = Gauge(label: "kafka_producer_waiting_records", dimensions: [("client", clientID)], factory: factory)
    }

    func count(_ results: [Result<KafkaRecordMetadata, KafkaError>]) {
        let failures = results.count { result in
            if case .failure = result { return true }
            return false
        }
        if failures < results.count { acknowledged.increment(by: results.count - failures) }
        if failures > 0 { failed.increment(by: failures) }
    }

    func countFatal() { fatal.increment() }

    func record(waiting records: Int) { waiting.record(records) }
}
