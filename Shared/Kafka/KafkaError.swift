/// The error type of this module: an error of librdkafka or of a broker.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error code: positive from the broker (the Kafka protocol's table), negative from librdkafka.
    public let code: Int32

    /// The code's symbolic name, such as `_TIMED_OUT` or `MSG_SIZE_TOO_LARGE`.
    public let name: String

    /// What happened, in English. It never contains a record's key, value or headers, nor a password.
    public let reason: String

    /// Whether the librdkafka client cannot continue. This module then replaces it automatically.
    public let isFatal: Bool

    /// Whether the same call may succeed later.
    public let isRetriable: Bool

    /// - Parameters:
    ///   - code: the protocol's or librdkafka's code
    ///   - name: its symbolic name
    ///   - reason: what happened
    ///   - isFatal: whether the client cannot go on
    ///   - isRetriable: whether the same call may succeed later
    public init(code: Int32, name: String, reason: String, isFatal: Bool = false, isRetriable: Bool = false) {
        self.code = code
        self.name = name
        self.reason = reason
        self.isFatal = isFatal
        self.isRetriable = isRetriable
    }

    /// The name and the reason in one line.
    public var description: String { "Kafka \(name) (\(code)): \(reason)" }
}
