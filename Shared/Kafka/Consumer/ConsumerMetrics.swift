import Metrics
import Synchronization

/// The metrics of one consumer.
final class ConsumerMetrics: Sendable {
    private struct Gauges {
        let lag: Gauge
        let done: Gauge
        let waiting: Gauge
    }

    private let clientID: String
    private let factory: any MetricsFactory
    private let records: Counter
    private let stuck: Counter
    private let gauges = Mutex<[TopicPartition: Gauges]>([:])

    init(clientID: String, factory: any MetricsFactory) {
        self.clientID = clientID
        self.factory = factory
        records = Counter(label: "kafka_consumer_records_total", dimensions: [("client", clientID)], factory: factory)
        stuck = Counter(label: "kafka_consumer_stuck_total", dimensions: [("client", clientID)], factory: factory)
    }

    func count(records count: Int) { records.increment(by: count) }

    func countStuck() { stuck.increment() }

    func count(_ stall: KafkaConsumerEvent.Stall, isRenewed: Bool) {
        let cause = if case .unassigned = stall { "assignment" } else { "fetch" }
        Counter(
            label: "kafka_consumer_stalled_total",
            dimensions: [("client", clientID), ("waited_for", cause), ("remedy", isRenewed ? "new_client" : "reposition")], factory: factory
        ).increment()
    }

    func count(_ error: KafkaError) {
        Counter(
            label: "kafka_consumer_errors_total", dimensions: [("client", clientID), ("code", error.name)], factory: factory
        ).increment()
    }

    func countPositionLost(_ id: TopicPartition) {
        Counter(label: "kafka_consumer_position_lost_total", dimensions: dimensions(id), factory: factory).increment()
    }

    /// - Parameters:
    ///   - lag: the number of records after the completed ones; nil when unknown
    ///   - done: the first offset that is not completed; nil when unknown
    ///   - waiting: the number of fetched records that no worker has taken
    func record(_ id: TopicPartition, lag: Int64?, done: Int64?, waiting: Int) {
        let gauges = gauges.withLock { all in
            let found = all[id] ?? make(id)
            all[id] = found
            return found
        }
        if let lag { gauges.lag.record(lag) }
        if let done { gauges.done.record(done) }
        gauges.waiting.record(waiting)
    }

    /// Removes the gauges of partitions that are no longer assigned: otherwise their last values would be exported for ever.
    func forget(_ ids: [TopicPartition]) {
        let forgotten = gauges.withLock { all in ids.compactMap { all.removeValue(forKey: $0) } }
        for gauges in forgotten {
            gauges.lag.destroy()
            gauges.done.destroy()
            gauges.waiting.destroy()
        }
    }

    private func make(_ id: TopicPartition) -> Gauges {
        func gauge(_ label: String) -> Gauge { Gauge(label: label, dimensions: dimensions(id), factory: factory) }
        return Gauges(
            lag: gauge("kafka_consumer_lag_records"), done: gauge("kafka_consumer_done_offset"),
            waiting: gauge("kafka_consumer_waiting_records"))
    }

    private func dimensions(_ id: TopicPartition) -> [(String, String)] {
        [("client", clientID), ("topic", id.topic), ("partition", String(id.partition))]
    }
}
