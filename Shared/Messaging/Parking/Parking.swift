import Foundation
import Kafka
import Kernel
import Messages
import Postgres

/// Sets messages aside, and keeps what follows them under the same key in order behind them.
struct Parking: Sendable {
    let service: String
    /// At most this many rows are kept under one key; what comes beyond is refused or dropped (`InboxPlan`).
    let rowsAKeyAtMost: Int

    /// Puts records aside in the transaction that covers their offsets. Adds a notice for each that is new at the head of its key, and tells
    /// whoever waits for a command that it is set aside. Returns how many were put aside.
    func put<Rows: WorkingRows>(
        _ aside: [(incoming: Incoming<Rows>, isHead: Bool)], into drafts: inout [OutboxDraft], ids: UUIDv7Source,
        on connection: PostgresConnection
    ) async throws -> Int {
        guard !aside.isEmpty else { return 0 }
        let keys = aside.map { RawKey($0.incoming.record) }
        let answers = try await connection.pipeline([
            PostgresStep(ParkingStatements.block, [keys.map(\.topic), keys.map(\.named)]),
            PostgresStep(ParkingStatements.put, try columns(aside, keys)),
        ])
        let byPlace = Dictionary(aside.map { (Place($0.incoming.record), $0.incoming) }) { first, _ in first }
        for row in try answers[1].decode(Int64.self, String.self, Int32.self, Int64.self, String.self, Bool.self) {
            if row.5 { drafts.append(try notice(row.0, topic: row.1, partition: row.2, offset: row.3, reason: row.4, ids: ids)) }
            guard let incoming = byPlace[Place(topic: row.1, partition: row.2, offset: row.3)] else { continue }
            if let note = try note(about: incoming, ids: ids) { drafts.append(note) }
        }
        return answers[1].count
    }

    private func columns<Rows: WorkingRows>(
        _ aside: [(incoming: Incoming<Rows>, isHead: Bool)], _ keys: [RawKey]
    ) throws -> [any PostgresEncodable] {
        let records = aside.map(\.incoming.record)
        let reasons = aside.map { $0.isHead ? $0.incoming.whyUnreadable : Self.behind }
        let ids: [UUID?] = aside.map { $0.incoming.envelope?.id }
        return [
            keys.map(\.topic), keys.map(\.bytes), keys.map(\.named), records.map(\.partition), records.map(\.offset),
            records.map { $0.timestamp ?? Date(timeIntervalSince1970: 0) },
            try aside.map { try StoredHeaders.json($0.incoming.headersToKeep) }, records.map(\.value),
            aside.map(\.isHead), reasons.map(\.reason), reasons.map(\.explanation), ids,
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

    /// What whoever waits for a command is told; nil for what nobody waits for.
    private func note<Rows: WorkingRows>(about incoming: Incoming<Rows>, ids: UUIDv7Source) throws -> OutboxDraft? {
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
            zh: "本请求已保留，处理后将给出结果。", en: "This request is among those that wait: it is kept, and is answered when the operator has looked.")
    ).mended(by: LocalisedText(zh: "请勿重复提交；请联系平台运维人员。", en: "Do not submit it again; ask the platform's operator."))

    private static let behind = (reason: "behind-parked", explanation: "an earlier message of this key is set aside")

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
    /// A command keeps its token, for it is unanswered: without it nobody could take it up again. It goes with the row. Nothing else needs one.
    var headersToKeep: [KafkaHeader] {
        let isCommand = envelope.map { $0.version == nil } ?? false
        return isCommand ? record.headers : record.headers.withoutToken
    }

    var whyUnreadable: (reason: String, explanation: String) {
        if case .unreadable(let reason, let explanation) = content { return (reason, explanation) }
        return ("unknown", "set aside without a reason")
    }
}
