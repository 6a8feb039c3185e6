import Foundation
import Kafka
import Messages
import Postgres
import Recovery

/// Loads and saves the inbox state of a batch.
struct InboxStore<Rows: UnitOfWork>: Sendable {
    let reader: Reader<Rows>

    /// Reads the results of a lookup. The rows found stay locked until the transaction ends.
    func readState(
        _ lookup: InboxLookup, _ answers: [PostgresRows], on connection: PostgresConnection
    ) async throws -> (InboxState<Rows>, Watermarks) {
        var answers = answers[...]
        var state = InboxState<Rows>()
        for (topic, key, rows) in try answers.removeFirst().decode(String.self, [UInt8].self, Int32.self) {
            state.blocked[RawKey(topic: topic, bytes: key)] = Int(rows)
        }
        try await loadParked(lookup, &state, on: connection)
        if !lookup.commands.isEmpty {
            for (id, outcome) in try answers.removeFirst().decode(UUID.self, [UInt8]?.self) {
                if let outcome { state.answered[id] = outcome } else { state.deferred.insert(id) }
            }
        }
        if !lookup.streams.isEmpty {
            for (source, topic, key, version) in try answers.removeFirst().decode(String.self, String.self, String.self, Int64.self) {
                state.versions[EventStream(source: source, topic: topic, key: key)] = version
            }
            for (stream, version, incoming) in try held(answers.removeFirst()) { state.held[stream, default: [:]][version] = incoming }
        }
        return (state, try await Watermarks(lookup.marks, found: answers.first, on: connection))
    }

    /// Loads which of the batch's messages are parked already. Almost always no query is needed.
    private func loadParked(_ lookup: InboxLookup, _ state: inout InboxState<Rows>, on connection: PostgresConnection) async throws {
        guard !state.blocked.isEmpty else { return }
        let behind = lookup.messages.filter { state.blocked[$0.key] != nil }
        let columns: [any PostgresEncodable] = [behind.map(\.key.topic), behind.map(\.key.bytes), behind.map(\.id)]
        let rows = try await connection.query(InboxStatements.parkedIDs, columns)
        for (topic, key, id) in try rows.decode(String.self, [UInt8].self, UUID.self) {
            state.parkedIDs[RawKey(topic: topic, bytes: key), default: []].insert(id)
        }
    }

    /// The held events in these shards whose predecessors were skipped.
    func overdue(_ watermarks: Watermarks, on connection: PostgresConnection) async throws -> [Incoming<Rows>] {
        let all = watermarks.skipped
        guard !all.isEmpty else { return [] }
        let rows = try await connection.query(
            InboxStatements.overdue, [all.map(\.key.source), all.map(\.key.topic), all.map(\.key.shard), all.map(\.contiguous)])
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

    /// Loads the state of the batch and the watermarks of its shards in one round trip.
    func loadState(
        _ batch: [Incoming<Rows>], on connection: PostgresConnection
    ) async throws -> (state: InboxState<Rows>, watermarks: Watermarks) {
        let lookup = InboxLookup(batch)
        return try await readState(lookup, try await connection.pipeline(lookup.steps), on: connection)
    }

    /// The steps that save a plan's applied versions, its held events and its released events.
    func steps(saving plan: InboxPlan<Rows>) throws -> [PostgresStep] {
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
        let places = held.compactMap { incoming in incoming.streamVersion.map { _ in incoming.origin?.place } }
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

/// The queries about a batch.
struct InboxLookup {
    /// The watermarks of its shards.
    let marks: [Watermark.Key]
    /// The ids of its commands.
    let commands: [UUID]
    /// The streams of its events.
    let streams: [EventStream]
    /// The keys and ids of its messages.
    let messages: [(key: RawKey, id: UUID)]
    private let keys: [RawKey]

    init<Rows: UnitOfWork>(_ batch: [Incoming<Rows>]) {
        marks = Set(batch.compactMap { $0.watermarkKey }).sorted()
        let all = batch.map { RawKey($0.record) }
        keys = Set(all).sorted { $0.topic < $1.topic }
        messages = zip(all, batch).compactMap { key, incoming in incoming.envelope.map { (key, $0.id) } }
        commands = batch.compactMap { $0.kind == .command ? $0.envelope?.id : nil }
        streams = Set(batch.compactMap { $0.streamVersion?.stream }).sorted()
    }

    /// The queries, always in the same order. Queries without parameters to look up are left out.
    var steps: [PostgresStep] {
        var steps = [PostgresStep(InboxStatements.blocked, [keys.map(\.topic), keys.map(\.bytes)])]
        if !commands.isEmpty { steps.append(PostgresStep(InboxStatements.answered, [commands])) }
        if !streams.isEmpty {
            let parameters: [any PostgresEncodable] = [streams.map(\.source), streams.map(\.topic), streams.map(\.key)]
            steps += [PostgresStep(InboxStatements.versions, parameters), PostgresStep(InboxStatements.held, parameters)]
        }
        if !marks.isEmpty { steps.append(Watermarks.lookup(marks)) }
        return steps
    }
}
