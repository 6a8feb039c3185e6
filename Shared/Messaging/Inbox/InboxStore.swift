import Foundation
import Kafka
import Messages
import Postgres

/// Reads what the database remembers of a batch's messages, and writes what it must remember after it.
struct InboxStore<Rows: WorkingRows>: Sendable {
    let reader: Reader<Rows>

    /// Reads the answers to a recall. Rows found stay locked to the end of the transaction.
    func recalled(
        _ recall: InboxRecall, _ answers: [PostgresRows], on connection: PostgresConnection
    ) async throws -> (InboxMemory<Rows>, [Watermark.Key: Watermark]) {
        var answers = answers[...]
        var memory = InboxMemory<Rows>()
        for (topic, key, rows) in try answers.removeFirst().decode(String.self, [UInt8].self, Int32.self) {
            memory.blocked[RawKey(topic: topic, bytes: key)] = Int(rows)
        }
        try await recallAside(recall, &memory, on: connection)
        if !recall.commands.isEmpty {
            for (id, outcome) in try answers.removeFirst().decode(UUID.self, [UInt8].self) { memory.answered[id] = outcome }
        }
        if !recall.streams.isEmpty {
            for (source, topic, key, version) in try answers.removeFirst().decode(String.self, String.self, String.self, Int64.self) {
                memory.versions[EventStream(source: source, topic: topic, key: key)] = version
            }
            for (stream, version, incoming) in try held(answers.removeFirst()) { memory.held[stream, default: [:]][version] = incoming }
        }
        guard !recall.marks.isEmpty else { return (memory, [:]) }
        return (memory, try await watermarks(recall.marks, found: answers.removeFirst(), on: connection))
    }

    /// What is kept of the batch's messages already. Almost always there is nothing to ask for.
    private func recallAside(_ recall: InboxRecall, _ memory: inout InboxMemory<Rows>, on connection: PostgresConnection) async throws {
        if !memory.blocked.isEmpty {
            let behind = recall.messages.filter { memory.blocked[$0.key] != nil }
            let columns: [any PostgresEncodable] = [behind.map(\.key.topic), behind.map(\.key.bytes), behind.map(\.id)]
            for (topic, key, id) in try await connection.query(InboxStatements.aside, columns).decode(String.self, [UInt8].self, UUID.self)
            {
                memory.aside[RawKey(topic: topic, bytes: key), default: []].insert(id)
            }
        }
        if !recall.keyless.isEmpty {
            for (topic, rows) in try await connection.query(InboxStatements.keyless, [recall.keyless]).decode(String.self, Int64.self) {
                memory.keyless[topic] = Int(rows)
            }
        }
    }

    /// What is held in these shards for something that comes no more, because it was given up.
    func overdue(_ watermarks: [Watermark.Key: Watermark], on connection: PostgresConnection) async throws -> [Incoming<Rows>] {
        let all = watermarks.filter { $0.value.givenUp > 0 }.sorted { $0.key < $1.key }
        guard !all.isEmpty else { return [] }
        let rows = try await connection.query(
            InboxStatements.overdue, [all.map(\.key.source), all.map(\.key.topic), all.map(\.key.shard), all.map(\.value.taken.contiguous)])
        return try held(rows).map(\.2)
    }

    private func held(_ rows: PostgresRows) throws -> [(EventStream, Int64, Incoming<Rows>)] {
        try rows.decode(
            String.self, String.self, String.self, Int64.self, Int32.self, Int64.self, PostgresJSON.self, [UInt8].self
        ).map { row in
            let record = KafkaRecord(
                topic: row.1, partition: row.4, offset: row.5, key: Array(row.2.utf8), value: row.7,
                headers: try row.6.decode(StoredHeaders.self).kafkaHeaders, timestamp: nil)
            return (EventStream(source: row.0, topic: row.1, key: row.2), row.3, reader.read(record))
        }
    }

    /// What is known about the batch, and the watermarks of the shards it touches, in one round trip.
    func recall(
        _ batch: [Incoming<Rows>], on connection: PostgresConnection
    ) async throws -> (memory: InboxMemory<Rows>, watermarks: [Watermark.Key: Watermark]) {
        let recall = InboxRecall(batch)
        return try await recalled(recall, try await connection.pipeline(recall.steps), on: connection)
    }

    /// The watermarks found, and those that a shard's first record makes.
    private func watermarks(
        _ keys: [Watermark.Key], found rows: PostgresRows, on connection: PostgresConnection
    ) async throws -> [Watermark.Key: Watermark] {
        let found = try watermarks(rows)
        if found.count == keys.count { return found }
        let answers = try await connection.pipeline([
            PostgresStep(InboxStatements.prepareWatermarks, Watermark.columns(keys)),
            PostgresStep(InboxStatements.watermarks, Watermark.columns(keys)),
        ])
        return try watermarks(answers[1])
    }

    private func watermarks(_ rows: PostgresRows) throws -> [Watermark.Key: Watermark] {
        var found: [Watermark.Key: Watermark] = [:]
        for row in try rows.decode(String.self, String.self, Int16.self, Int64.self, [Int64].self, Int64?.self, UUID?.self, Int64.self) {
            found[Watermark.Key(source: row.0, topic: row.1, shard: row.2)] = Watermark(
                taken: SequenceSet(contiguous: row.3, flattened: row.4), wanted: row.5, askedBy: row.6, givenUp: row.7)
        }
        return found
    }

    func step(saving watermarks: [Watermark.Key: Watermark]) -> PostgresStep? {
        guard !watermarks.isEmpty else { return nil }
        let all = watermarks.sorted { $0.key < $1.key }
        return PostgresStep(
            InboxStatements.saveWatermarks,
            [
                all.map(\.key.source), all.map(\.key.topic), all.map(\.key.shard), all.map(\.value.taken.contiguous),
                all.map { "{" + $0.value.taken.flattened.map(String.init).joined(separator: ",") + "}" }, all.map(\.value.wanted),
                all.map(\.value.askedBy), all.map(\.value.isBehind), all.map(\.value.givenUp),
            ])
    }

    /// The steps that remember what a plan took and put off.
    func steps(remembering plan: InboxPlan<Rows>) throws -> [PostgresStep] {
        var steps: [PostgresStep] = []
        for (statement, isNew) in [(InboxStatements.beginVersions, true), (InboxStatements.saveVersions, false)] {
            let all = plan.advanced.filter { plan.begun.contains($0.key) == isNew }.sorted { $0.key < $1.key }
            guard !all.isEmpty else { continue }
            steps.append(
                PostgresStep(statement, [all.map(\.key.source), all.map(\.key.topic), all.map(\.key.key), all.map(\.value)]))
        }
        let held = plan.steps.compactMap { step -> Incoming<Rows>? in if case .hold(let incoming) = step { incoming } else { nil } }
        if !held.isEmpty { steps.append(try self.step(holding: held)) }
        if !plan.released.isEmpty {
            let all = plan.released
            steps.append(
                PostgresStep(
                    InboxStatements.release, [all.map(\.0.source), all.map(\.0.topic), all.map(\.0.key), all.map(\.1)]))
        }
        return steps
    }

    private func step(holding held: [Incoming<Rows>]) throws -> PostgresStep {
        let all = held.compactMap { incoming in incoming.streamVersion.map { ($0, incoming.record) } }
        let places = held.compactMap { incoming in incoming.streamVersion.map { _ in incoming.standing?.place } }
        return PostgresStep(
            InboxStatements.hold,
            [
                all.map(\.0.stream.source), all.map(\.0.stream.topic), all.map(\.0.stream.key), all.map(\.0.version),
                all.map(\.1.partition), all.map(\.1.offset), try all.map { try StoredHeaders.json($0.1.headers.withoutToken) },
                all.map { $0.1.value ?? [] },
                places.map { $0?.shard }, places.map { $0?.sequence },
            ])
    }
}

/// What to ask the database about a batch.
struct InboxRecall {
    /// The watermarks of the shards it touches.
    let marks: [Watermark.Key]
    /// Its commands.
    let commands: [UUID]
    /// The streams of its events.
    let streams: [EventStream]
    /// Its messages, by their keys and ids.
    let messages: [(key: RawKey, id: UUID)]
    /// The topics of its records without a key.
    let keyless: [String]
    private let keys: [RawKey]

    init<Rows: WorkingRows>(_ batch: [Incoming<Rows>]) {
        marks = Set(batch.compactMap { $0.watermarkKey }).sorted()
        let all = batch.map { RawKey($0.record) }
        keys = Set(all.filter { !$0.isKeyless }).sorted { $0.topic < $1.topic }
        keyless = Set(all.filter(\.isKeyless).map(\.topic)).sorted()
        messages = zip(all, batch).compactMap { key, incoming in incoming.envelope.map { (key, $0.id) } }
        commands = batch.compactMap { $0.kind == .command ? $0.envelope?.id : nil }
        streams = Set(batch.compactMap { $0.streamVersion?.stream }).sorted()
    }

    /// The questions, in one order for everybody. One that asks for nothing costs as much as one that asks for a row, and is left out.
    var steps: [PostgresStep] {
        var steps = [PostgresStep(InboxStatements.blocked, [keys.map(\.topic), keys.map(\.bytes)])]
        if !commands.isEmpty { steps.append(PostgresStep(InboxStatements.answered, [commands])) }
        if !streams.isEmpty {
            let wanted: [any PostgresEncodable] = [streams.map(\.source), streams.map(\.topic), streams.map(\.key)]
            steps += [PostgresStep(InboxStatements.versions, wanted), PostgresStep(InboxStatements.held, wanted)]
        }
        if !marks.isEmpty { steps.append(PostgresStep(InboxStatements.watermarks, Watermark.columns(marks))) }
        return steps
    }
}

extension Watermark {
    fileprivate static func columns(_ keys: [Key]) -> [any PostgresEncodable] {
        [keys.map(\.source), keys.map(\.topic), keys.map(\.shard)]
    }
}

extension Incoming {
    /// The watermark this record moves; nil for what carries no place.
    var watermarkKey: Watermark.Key? {
        guard let standing, let place = standing.place else { return nil }
        return Watermark.Key(source: standing.source, topic: record.topic, shard: place.shard)
    }
}
