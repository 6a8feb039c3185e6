import Metrics
import Synchronization

/// The figures of one consumer.
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

    func count(_ standstill: KafkaConsumerEvent.Standstill, isRenewed: Bool) {
        let what = if case .unassigned = standstill { "assignment" } else { "fetch" }
        Counter(
            label: "kafka_consumer_stalled_total",
            dimensions: [("client", clientID), ("waited_for", what), ("remedy", isRenewed ? "new_client" : "reposition")], factory: factory
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
    ///   - lag: records after what is done, where known
    ///   - done: the first offset that is not done, where known
    ///   - waiting: records that wait to be taken
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

    /// Of a partition that is another's now this consumer says nothing: its last lag would stand for ever.
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
