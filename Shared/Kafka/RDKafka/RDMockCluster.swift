import CLibrdkafka
import Foundation

/// librdkafka's mock cluster: brokers in this process that implement Kafka's protocol over TCP. The owner makes one call at a time.
final class RDMockCluster: @unchecked Sendable {
    /// The minimum time between calls. The brokers' thread drains its wake-up pipe after it has answered a call. A call at that moment
    /// loses its wake-up and waits for the end of the thread's poll, up to a second (librdkafka 2.0.2 to 2.9,
    /// `rd_kafka_mock_cluster_io_poll`).
    private static let minimumSpacing = Duration.milliseconds(2)

    private let client: OpaquePointer
    private let cluster: OpaquePointer
    private var answered: ContinuousClock.Instant?
    let bootstrapServers: String

    init(brokers: Int) throws(KafkaError) {
        guard let conf = rd_kafka_conf_new() else {
            throw KafkaError(code: KafkaError.Code.state, "cannot allocate a librdkafka configuration: the process is out of memory")
        }
        // The brokers' connections inherit this from the handle. Without it Nagle's algorithm delays the second of two responses by 40 ms,
        // which real Kafka brokers do not.
        guard rd_kafka_conf_set(conf, "socket.nagle.disable", "true", nil, 0) == RD_KAFKA_CONF_OK else {
            rd_kafka_conf_destroy(conf)
            throw KafkaError(
                code: KafkaError.Code.state, "librdkafka has no property socket.nagle.disable: it is too old for the embedded broker")
        }
        // The handle only owns the cluster; the log lines of its own client are irrelevant.
        rd_kafka_conf_set_log_cb(conf) { _, _, _, _ in }
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nil, 0) else {
            rd_kafka_conf_destroy(conf)
            throw KafkaError(rd_kafka_last_error(), "librdkafka could not create a client for the embedded broker")
        }
        guard let cluster = rd_kafka_mock_cluster_new(client, Int32(clamping: brokers)) else {
            rd_kafka_destroy(client)
            throw KafkaError(code: KafkaError.Code.state, "the embedded broker could not listen on a port of this machine")
        }
        self.client = client
        self.cluster = cluster
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        // From version 4 a metadata request states whether the broker may create the topic. The mock brokers support it, but announce only
        // version 2.
        try call(rd_kafka_mock_set_apiversion(cluster, KafkaAPI.metadata.rawValue, 0, 4), "announcing metadata version 4")
    }

    func createTopic(_ name: String, partitions: Int, replication: Int) throws(KafkaError) {
        try call(
            rd_kafka_mock_topic_create(cluster, name, Int32(clamping: partitions), Int32(clamping: replication)), "creating \(name)")
    }

    func setDown(_ broker: Int32) throws(KafkaError) {
        try call(rd_kafka_mock_broker_set_down(cluster, broker), "taking broker \(broker) down")
    }

    func setUp(_ broker: Int32) throws(KafkaError) {
        try call(rd_kafka_mock_broker_set_up(cluster, broker), "taking broker \(broker) up")
    }

    func setRoundTrip(_ broker: Int32, milliseconds: Int32) throws(KafkaError) {
        try call(rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds), "slowing broker \(broker)")
    }

    func setLeader(_ id: TopicPartition, broker: Int32) throws(KafkaError) {
        try call(rd_kafka_mock_partition_set_leader(cluster, id.topic, id.partition, broker), "moving the leader of \(id)")
    }

    func setCoordinator(ofGroup group: String, broker: Int32) throws(KafkaError) {
        try call(rd_kafka_mock_coordinator_set(cluster, "group", group, broker), "moving the coordinator of \(group)")
    }

    func pushErrors(api: Int16, codes: [Int32]) {
        let errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
        rd_kafka_mock_push_request_errors_array(cluster, api, errors.count, errors)
    }

    func clearErrors(api: Int16) { rd_kafka_mock_clear_request_errors(cluster, api) }

    /// Blocks until the brokers' thread has ended.
    func destroy() {
        keepMinimumSpacing()
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    /// Makes a call that the brokers' thread answers.
    private func call(_ call: @autoclosure () -> rd_kafka_resp_err_t, _ action: @autoclosure () -> String) throws(KafkaError) {
        keepMinimumSpacing()
        let code = call()
        answered = .now
        try check(code, action())
    }

    private func keepMinimumSpacing() {
        guard let rest = answered.map({ Self.minimumSpacing - (.now - $0) }), rest > .zero else { return }
        usleep(UInt32(clamping: rest.components.attoseconds / 1_000_000_000_000))
    }
}
