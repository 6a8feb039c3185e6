import Kernel
import Messages
public import Postgres

/// The event versions of some keys that a service has applied.
///
/// A command can overtake an event: its sender has applied the event, its receiver has not yet. A sender that names the versions it has
/// seen lets the receiver tell an object it has not received yet from one that does not exist (`docs/decisions/0054`).
public struct AppliedVersions: Sendable {
    /// The events of one key, published by a service on its own topic.
    public struct Stream: Sendable, Hashable {
        /// The service that publishes them.
        public let source: String
        /// Their key.
        public let key: String

        /// Creates a stream.
        public init(source: String, key: String) { (self.source, self.key) = (source, key) }
    }

    private var versions: [Stream: Int64] = [:]
    private var parked: Set<Stream> = []

    /// No events have been applied.
    public init() {}

    /// The version of the stream's last applied event; nil if there is none.
    public func version(of stream: Stream) -> Int64? { versions[stream] }

    /// Whether `version` is still to be applied. False while the key is parked: its events are applied only after an operator's redrive,
    /// and a command must not wait for that.
    public func isPending(_ stream: Stream, _ version: Int64) -> Bool {
        (versions[stream] ?? 0) < version && !parked.contains(stream)
    }

    /// Throws if `version`, which the sender of a command has seen, is still to be applied.
    public func require(_ stream: Stream, _ version: Int64) throws(EventNotApplied) {
        if isPending(stream, version) { throw EventNotApplied(stream: stream) }
    }

    /// Records an event of the current batch as applied.
    public mutating func record(_ envelope: Envelope) {
        guard let version = envelope.version else { return }
        versions[Stream(source: envelope.source, key: envelope.key)] = version
    }

    /// Loads the applied versions of the streams, as committed at the time of the query.
    public static func load(_ streams: Set<Stream>, on connection: PostgresConnection) async throws -> AppliedVersions {
        guard !streams.isEmpty else { return AppliedVersions() }
        return try AppliedVersions(try await connection.query(statement, parameters(streams)))
    }

    /// Reads the result of `statement`, for callers that execute it in a round trip of their own.
    public init(_ rows: PostgresRows) throws {
        for (source, key, version, isParked) in try rows.decode(String.self, String.self, Int64?.self, Bool.self) {
            let stream = Stream(source: source, key: key)
            versions[stream] = version
            if isParked { parked.insert(stream) }
        }
    }

    /// The parameters of `statement`.
    public static func parameters(_ streams: Set<Stream>) -> [any PostgresEncodable] {
        let streams = Array(streams)
        return [streams.map(\.source), streams.map { Topic.events(of: $0.source) }, streams.map(\.key)]
    }

    /// Loads the applied versions of some streams. The parameters are in subqueries so that the planner cannot see how few they are:
    /// otherwise it would make a custom plan for each execution, which takes longer than the execution.
    public static let statement = PostgresStatement(
        "applied-versions.load",
        """
        select w.source, w.key, s.version,
               exists (select 1 from parked_key k where k.topic = w.topic and k.key_digest = sha256(convert_to(w.key, 'UTF8')))
        from unnest((select $1::text[]), (select $2::text[]), (select $3::text[])) as w(source, topic, key)
        left join inbox_stream s on s.source = w.source and s.topic = w.topic and s.key = w.key
        """)
}

/// An event that the sender of a command has seen is not applied here yet.
public struct EventNotApplied: TransientFailure, CustomStringConvertible {
    let stream: AppliedVersions.Stream

    /// The refusal of a command that has waited for `EventWaits.limit`.
    var refusal: Refusal {
        PlatformRule.unknownReference.refusal(
            LocalisedText(
                zh: "（所引用对象的变更在规定时间内未送达本服务，请稍后用新的幂等键重试）",
                en: "A change to it has not arrived at this service in time; try again later under a new idempotency key.")
        ).comparing("waitedSeconds", EventWaits.limit.components.seconds, .seconds)
    }

    /// The explanation for operators.
    public var description: String { "waiting for an event of \(stream.source) for \(stream.key), which has not arrived" }
}
