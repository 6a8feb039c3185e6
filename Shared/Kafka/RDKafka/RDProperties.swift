import CLibrdkafka

/// librdkafka's properties of one client: Quan's defaults, the installation's own, and those that must not be changed.
struct RDProperties {
    /// Quan's defaults, which an installation may override.
    var defaults: [String: String]
    /// Properties that Quan's guarantees depend on; an installation must not set them.
    var fixed: [String: String]
    /// The installation's own properties.
    var passedThrough: [String: String]

    /// Reserved for every client: set by Quan, or left at librdkafka's default, by which a consumer never creates topics.
    private static let reserved = ["bootstrap.servers", "client.id", "log.queue", "allow.auto.create.topics"]

    /// Builds librdkafka's configuration object.
    /// - Throws: `KafkaError` that names the reserved, unknown or malformed property. It never contains a value.
    func build(events: Int32) throws(KafkaError) -> OpaquePointer {
        for name in passedThrough.keys.sorted() where fixed[name] != nil || Self.reserved.contains(name) {
            throw KafkaError(
                code: KafkaError.Code.invalidArgument,
                "the Kafka property \(name) is set by Quan and cannot be overridden: remove it from the configuration")
        }
        guard let conf = rd_kafka_conf_new() else {
            throw KafkaError(code: KafkaError.Code.state, "cannot allocate a librdkafka configuration: the process is out of memory")
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
        // librdkafka's own text contains the value, which may be a secret: only the name is reported.
        switch rd_kafka_conf_set(conf, name, value, nil, 0) {
        case RD_KAFKA_CONF_OK: return
        case RD_KAFKA_CONF_UNKNOWN:
            throw KafkaError(
                code: KafkaError.Code.invalidArgument,
                "librdkafka does not support the property \(name): correct its name in the configuration")
        default:
            throw KafkaError(
                code: KafkaError.Code.invalidArgument,
                "librdkafka does not accept the value of the Kafka property \(name): correct it in the configuration")
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

    /// Throws for properties that librdkafka does not accept.
    func validate() throws(KafkaError) { rd_kafka_conf_destroy(try build(events: 0)) }
}
