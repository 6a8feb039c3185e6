/// The connection settings of a Kafka cluster.
public struct KafkaConfiguration: Sendable {
    /// One or more `host:port`, separated by commas.
    public var bootstrapServers: String

    /// The client's name in the brokers' logs and metrics.
    public var clientID: String

    /// Further librdkafka properties, passed through unchanged: `security.protocol`, `sasl.*`, `ssl.*` and any other of
    /// <https://github.com/confluentinc/librdkafka/blob/v2.0.2/CONFIGURATION.md>. They override Quan's defaults. Properties that Quan's
    /// guarantees depend on (such as `enable.auto.offset.store`) are refused.
    public var properties: [String: String]

    /// - Parameters:
    ///   - bootstrapServers: one or more `host:port`, separated by commas
    ///   - clientID: the client's name
    ///   - properties: librdkafka properties passed through
    public init(bootstrapServers: String, clientID: String, properties: [String: String] = [:]) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
    }
}
