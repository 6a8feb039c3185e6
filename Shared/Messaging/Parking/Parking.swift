import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import StrictJSON

/// Parks messages, and stores later messages of the same key in order behind them.
struct Parking: Sendable {
    let service: String
    /// The maximum number of rows under one key; further messages are refused or dropped (`InboxPlan`).
    let rowsPerKeyAtMost: Int

    /// Parks records in the transaction that covers their offsets. Adds to the messages to be published: a notice for each new head of a
    /// key, and a note to the sender of each command that it is parked. Returns how many records were parked.
    func park<Rows: UnitOfWork>(
        _ messages: [(incoming: Incoming<Rows>, isHead: Bool)], into decisions: inout Decisions, on connection: PostgresConnection
    ) async throws -> Int {
        guard !messages.isEmpty else { return 0 }
        let keys = messages.map { RawKey($0.incoming.record) }
        let answers = try await connection.pipeline([
            PostgresStep(ParkingStatements.block, [keys.map(\.topic), keys.map(\.bytes)]),
            PostgresStep(ParkingStatements.park, try columns(messages, keys)),
        ])
        let byPlace = Dictionary(messages.map { (Place($0.incoming.record), $0.incoming) }) { first, _ in first }
        for row in try answers[1].decode(Int64.self, String.self, Int32.self, Int64.self, String.self, Bool.self) {
            if row.5 {
                let notice = MessageParked(parkedID: row.0, topic: row.1, partition: row.2, offset: row.3, reason: row.4)
                try decisions.add(notice, topic: Topic.parked(of: service), key: "parked/\(row.0)", at: WallClock().now())
            }
            // The note to a command's sender.
            guard let incoming = byPlace[Place(topic: row.1, partition: row.2, offset: row.3)], incoming.isAnswered,
                incoming.record.topic == Topic.commands(of: service), let envelope = incoming.envelope
            else { continue }
            try decisions.add(
                CommandSetAside(commandID: envelope.id, commandType: envelope.type.description, problem: Self.problem),
                topic: Topic.replies, key: envelope.id.lowercased, at: envelope.time, cause: envelope.id, trace: envelope.trace)
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
            keys.map(\.topic), keys.map(\.bytes), records.map(\.partition), records.map(\.offset),
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

    private static let problem = PlatformRule.earlierMessageSetAside.refusal(
        LocalisedText(
            zh: "本请求已保留，处理后将给出结果。", en: "This request waits behind it: it is kept, and is answered after the operator has acted.")
    ).withRemedy(LocalisedText(zh: "请勿重复提交；请联系平台运维人员。", en: "Do not submit it again; ask the platform's operator."))

    private static let behind = (reason: "behind-parked", explanation: "an earlier message of this key is parked")
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
