/// How to reach a Kafka cluster.
public struct KafkaConfiguration: Sendable {
    /// One or more `host:port`, separated by commas.
    public var bootstrapServers: String

    /// The name this client gives itself in the broker's logs and metrics.
    public var clientID: String

    /// Further librdkafka properties, passed through as they are: `security.protocol`, `sasl.*`, `ssl.*` and any other of
    /// <https://github.com/confluentinc/librdkafka/blob/v2.0.2/CONFIGURATION.md>. They win over the values Quan chooses, except
    /// for those on which its promises rest (such as `enable.auto.offset.store`): naming one of these is refused.
    public var properties: [String: String]

    /// - Parameters:
    ///   - bootstrapServers: one or more `host:port`, separated by commas
    ///   - clientID: the name this client gives itself
    ///   - properties: librdkafka properties passed through
    public init(bootstrapServers: String, clientID: String, properties: [String: String] = [:]) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
    }
}
