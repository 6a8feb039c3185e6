import CLibrdkafka

/// librdkafka's properties of one client: what Quan chooses, what the installation passes through, and what may not be changed.
struct RDProperties {
    /// Chosen by Quan; an installation may change them.
    var defaults: [String: String]
    /// Promises rest on these; an installation may not name them.
    var fixed: [String: String]
    /// Passed through.
    var passedThrough: [String: String]

    /// Set by Quan, or left as they are: a consumer by itself lets no broker make a topic.
    private static let ofEveryClient = ["bootstrap.servers", "client.id", "log.queue", "allow.auto.create.topics"]

    /// Builds librdkafka's object.
    /// - Throws: `KafkaError` that names the property which is reserved, unknown or ill-formed. A value is never repeated.
    func build(events: Int32) throws(KafkaError) -> OpaquePointer {
        for name in passedThrough.keys.sorted() where fixed[name] != nil || Self.ofEveryClient.contains(name) {
            throw KafkaError(
                code: KafkaError.Code.invalidArgument,
                "the Kafka property \(name) is set by Quan, whose promises rest on it: remove it from the configuration")
        }
        guard let conf = rd_kafka_conf_new() else {
            throw KafkaError(code: KafkaError.Code.state, "librdkafka gave no configuration object: the process is out of memory")
        }
        do throws(KafkaError) {
            let chosen = defaults.merging(passedThrough) { _, passed in passed }.merging(fixed) { _, fixed in fixed }
            for (name, value) in chosen.sorted(by: { $0.key < $1.key }) { try Self.set(conf, name, value) }
            rd_kafka_conf_set_events(conf, events | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR)
        } catch {
            rd_kafka_conf_destroy(conf)
            throw error
        }
        return conf
    }

    private static func set(_ conf: OpaquePointer, _ name: String, _ value: String) throws(KafkaError) {
        // librdkafka's own text repeats the value, which may be a secret: only the name is told.
        switch rd_kafka_conf_set(conf, name, value, nil, 0) {
        case RD_KAFKA_CONF_OK: return
        case RD_KAFKA_CONF_UNKNOWN:
            throw KafkaError(
                code: KafkaError.Code.invalidArgument,
                "librdkafka knows no property \(name), or was built without it: correct its name in the configuration")
        default:
            throw KafkaError(
                code: KafkaError.Code.invalidArgument,
                "the value of the Kafka property \(name) is not one librdkafka takes: correct it in the configuration")
        }
    }
}

extension RDProperties {
    init(_ configuration: KafkaConfiguration, defaults: [String: String], fixed: [String: String]) {
        self.defaults = defaults
        self.fixed = fixed.merging(
            [
                "bootstrap.servers": configuration.bootstrapServers, "client.id": configuration.clientID, "log.queue": "true",
            ]
        ) { own, _ in own }
        passedThrough = configuration.properties
    }
}

extension RDProperties {
    /// Tells early what librdkafka would not take.
    func validate() throws(KafkaError) { rd_kafka_conf_destroy(try build(events: 0)) }
}
