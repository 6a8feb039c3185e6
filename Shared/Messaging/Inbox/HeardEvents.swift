import Kernel
import Messages
public import Postgres

/// How far a service has come with the events of some keys.
///
/// A command can overtake an event: its sender has been told of a thing, and its receiver has not yet. A sender that names what it has
/// seen lets the receiver tell what is on its way from what there is not (`docs/decisions/0054`).
public struct HeardEvents: Sendable {
    /// The events of one key, told by a service on its own topic.
    public struct Stream: Sendable, Hashable {
        /// The service that tells them.
        public let source: String
        /// Their key.
        public let key: String

        /// The events of a key.
        public init(source: String, key: String) { (self.source, self.key) = (source, key) }
    }

    private var versions: [Stream: Int64] = [:]
    private var setAside: Set<Stream> = []

    /// Nothing has been heard.
    public init() {}

    /// The version of the last event of the stream that was taken; nil where none was.
    public func version(of stream: Stream) -> Int64? { versions[stream] }

    /// Whether a version that somebody has seen is still to come. What is behind an event that was set aside comes only when an operator has
    /// looked: nobody waits for that.
    public func isOnItsWay(_ stream: Stream, _ version: Int64) -> Bool {
        (versions[stream] ?? 0) < version && !setAside.contains(stream)
    }

    /// Throws where a version that the sender of a command has seen is still to come.
    public func mustHave(_ stream: Stream, _ version: Int64) throws(EventNotArrived) {
        if isOnItsWay(stream, version) { throw EventNotArrived(stream: stream) }
    }

    /// Notes an event of the batch that is being taken.
    public mutating func note(_ envelope: Envelope) {
        guard let version = envelope.version else { return }
        versions[Stream(source: envelope.source, key: envelope.key)] = version
    }

    /// Reads how far this service has come, as committed when it is read.
    public static func load(_ streams: Set<Stream>, on connection: PostgresConnection) async throws -> HeardEvents {
        guard !streams.isEmpty else { return HeardEvents() }
        return try HeardEvents(try await connection.query(statement, parameters(streams)))
    }

    /// The same, for who asks for more in the same round trip: of the answer to `statement`.
    public init(_ rows: PostgresRows) throws {
        for (source, key, version, isSetAside) in try rows.decode(String.self, String.self, Int64?.self, Bool.self) {
            let stream = Stream(source: source, key: key)
            versions[stream] = version
            if isSetAside { setAside.insert(stream) }
        }
    }

    /// What `statement` asks for.
    public static func parameters(_ streams: Set<Stream>) -> [any PostgresEncodable] {
        let wanted = Array(streams)
        return [wanted.map(\.source), wanted.map { Topic.events(of: $0.source) }, wanted.map(\.key)]
    }

    /// How far this service has come with some streams. A planner that sees how few they are believes that a plan for just these is worth
    /// making each time, which takes longer than carrying it out; in a subquery it does not see it.
    public static let statement = PostgresStatement(
        "heard-events.load",
        """
        select w.source, w.key, s.version,
               exists (select 1 from parked_key k where k.topic = w.topic and k.key_digest = sha256(convert_to(w.key, 'UTF8')))
        from unnest((select $1::text[]), (select $2::text[]), (select $3::text[])) as w(source, topic, key)
        left join inbox_stream s on s.source = w.source and s.topic = w.topic and s.key = w.key
        """)
}

/// An event that the sender of a command has seen has not arrived here yet.
public struct EventNotArrived: TransientFailure, CustomStringConvertible {
    let stream: HeardEvents.Stream

    /// The answer to a command that has waited long enough.
    var refusal: Refusal {
        PlatformRule.unknownReference.refusal(
            LocalisedText(
                zh: "（所引用对象的变更在规定时间内未送达本服务，请稍后用新的幂等键重试）",
                en: "What has changed about it has not arrived here in time; try again later under a new idempotency key.")
        ).comparing("waitedSeconds", OvertakenCommands.limit.components.seconds, .seconds)
    }

    /// What the operator reads.
    public var description: String { "waiting for what \(stream.source) has told of \(stream.key), which has not arrived" }
}
