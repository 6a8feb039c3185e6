import Foundation
import Kafka
import Kernel
import Messages
import Postgres

/// Parks messages, and stores later messages of the same key in order behind them.
struct Parking: Sendable {
    let service: String
    /// The maximum number of rows under one key; further messages are refused or dropped (`InboxPlan`).
    let rowsPerKeyAtMost: Int

    /// Parks records in the transaction that covers their offsets. Adds drafts to the outbox: a notice for each new head of a key, and a
    /// note to the sender of each command that it is parked. Returns how many records were parked.
    func park<Rows: UnitOfWork>(
        _ messages: [(incoming: Incoming<Rows>, isHead: Bool)], into drafts: inout [OutboxDraft], ids: UUIDv7Source,
        on connection: PostgresConnection
    ) async throws -> Int {
        guard !messages.isEmpty else { return 0 }
        let keys = messages.map { RawKey($0.incoming.record) }
        let answers = try await connection.pipeline([
            PostgresStep(ParkingStatements.block, [keys.map(\.topic), keys.map(\.digestInput)]),
            PostgresStep(ParkingStatements.park, try columns(messages, keys)),
        ])
        let byPlace = Dictionary(messages.map { (Place($0.incoming.record), $0.incoming) }) { first, _ in first }
        for row in try answers[1].decode(Int64.self, String.self, Int32.self, Int64.self, String.self, Bool.self) {
            if row.5 { drafts.append(try notice(row.0, topic: row.1, partition: row.2, offset: row.3, reason: row.4, ids: ids)) }
            guard let incoming = byPlace[Place(topic: row.1, partition: row.2, offset: row.3)] else { continue }
            if let note = try note(about: incoming, ids: ids) { drafts.append(note) }
        }
        return answers[1].count
    }

    private func columns<Rows: UnitOfWork>(
        _ messages: [(incoming: Incoming<Rows>, isHead: Bool)], _ keys: [RawKey]
    ) throws -> [any PostgresEncodable] {
        let records = messages.map(\.incoming.record)
        let reasons = messages.map { $0.isHead ? $0.incoming.whyUnreadable : Self.behind }
        let ids: [UUID?] = messages.map { $0.incoming.envelope?.id }
        return [
            keys.map(\.topic), keys.map(\.bytes), keys.map(\.digestInput), records.map(\.partition), records.map(\.offset),
            records.map { $0.timestamp ?? Date(timeIntervalSince1970: 0) },
            try messages.map { try StoredHeaders.json($0.incoming.headersToStore) }, records.map(\.value),
            messages.map(\.isHead), reasons.map(\.reason), reasons.map(\.explanation), ids,
        ]
    }

    private struct Place: Hashable {
        let topic: String
        let partition: Int32
        let offset: Int64

        init(topic: String, partition: Int32, offset: Int64) {
            self.topic = topic
            self.partition = partition
            self.offset = offset
        }

        init(_ record: KafkaRecord) { self.init(topic: record.topic, partition: record.partition, offset: record.offset) }
    }

    /// The note to a command's sender that it is parked; nil if no answer is sent for the message.
    private func note<Rows: UnitOfWork>(about incoming: Incoming<Rows>, ids: UUIDv7Source) throws -> OutboxDraft? {
        guard incoming.record.topic == Topic.commands(of: service), incoming.isAnswered, let envelope = incoming.envelope else {
            return nil
        }
        let note = CommandSetAside(commandID: envelope.id, commandType: envelope.type.description, problem: Self.problem)
        return OutboxDraft(
            id: ids.next(at: envelope.time), topic: Topic.replies, key: envelope.id.lowercased, type: CommandSetAside.type,
            isVersioned: false, time: envelope.time, cause: envelope.id, trace: envelope.trace?.child(), body: try MessageBody.encode(note))
    }

    private static let problem = PlatformRule.earlierMessageSetAside.refusal(
        LocalisedText(
            zh: "本请求已保留，处理后将给出结果。", en: "This request waits behind it: it is kept, and is answered after the operator has acted.")
    ).withRemedy(LocalisedText(zh: "请勿重复提交；请联系平台运维人员。", en: "Do not submit it again; ask the platform's operator."))

    private static let behind = (reason: "behind-parked", explanation: "an earlier message of this key is parked")

    private func notice(
        _ id: Int64, topic: String, partition: Int32, offset: Int64, reason: String, ids: UUIDv7Source
    ) throws -> OutboxDraft {
        let now = WallClock().now()
        return OutboxDraft(
            id: ids.next(at: now), topic: Topic.parked(of: service), key: "parked/\(id)", type: MessageParked.type, isVersioned: false,
            time: now,
            body: try MessageBody.encode(
                MessageParked(parkedID: id, topic: topic, partition: partition, offset: offset, reason: reason)))
    }
}

extension Incoming {
    /// The headers to store. A command keeps its access token, which a redrive needs; it is deleted with the row.
    var headersToStore: [KafkaHeader] {
        let isCommand = envelope.map { $0.version == nil } ?? false
        return isCommand ? record.headers : record.headers.withoutToken
    }

    var whyUnreadable: (reason: String, explanation: String) {
        if case .unreadable(let reason, let explanation) = content { return (reason, explanation) }
        return ("unknown", "parked without a reason")
    }
}
