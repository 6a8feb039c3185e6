import Foundation
import Kernel
import Messages
import Postgres
import Recovery

/// Handles the platform's own commands, which are the same for every service.
struct Controls<Rows: UnitOfWork>: Sendable {
    let pool: PostgresPool
    let store: InboxStore<Rows>
    let processor: BatchProcessor<Rows>
    let redrive: Redrive<Rows>
    let republisher: Republisher

    /// Executes the command and answers. A repetition is harmless: a redrive continues with the remaining messages, and readers ignore
    /// republished duplicates.
    func handle(_ control: Incoming<Rows>.Control, _ incoming: Incoming<Rows>) async throws {
        guard let envelope = incoming.envelope else { return }
        switch control {
        case .query(let answer): try await self.answer(incoming, envelope) { connection, _ in try await answer(connection) }
        case .republish(let request):
            try await answer(incoming, envelope) { connection, decisions in
                for report in try await republisher.queue(request, of: envelope.source, on: connection) {
                    // The report answers the request, or the first request that it repeats.
                    try decisions.add(
                        report, topic: request.topic, key: "sequence-report/\(report.shard)", shard: report.shard, at: envelope.time,
                        cause: envelope.cause ?? envelope.id, trace: envelope.trace)
                }
                return HandlerOutput()
            }
        case .redrive(let parkedID, let discard): try await redriveKey(of: parkedID, discard, incoming, envelope)
        }
    }

    /// Redrives, and answers in the transaction that releases the key: if the process dies in between, both are repeated.
    private func redriveKey(
        of parkedID: Int64, _ discard: DiscardParked?, _ incoming: Incoming<Rows>, _ envelope: Envelope
    ) async throws {
        let isAnswered = try await pool.withConnection { connection in
            try await store.loadState([incoming], on: connection).state.answered[envelope.id] != nil
        }
        if isAnswered { return try await answer(incoming, envelope) { _, _ in HandlerOutput() } }
        while true {
            let result = try await redrive.run(parkedID: parkedID, request: envelope.id, discarding: discard)
            do {
                return try await answer(incoming, envelope) { connection, _ in
                    guard let report = try await redrive.release(after: try result.get(), request: envelope.id, on: connection) else {
                        throw QueuedSinceLastCheck()
                    }
                    var output = HandlerOutput()
                    try output.answer(report)
                    return output
                }
            } catch is QueuedSinceLastCheck {
                continue
            }
        }
    }

    /// In one transaction, sends the stored answer of a duplicate, or does the work and writes its answer and its audit row. A `Refusal`
    /// that the work throws is the answer.
    private func answer(
        _ incoming: Incoming<Rows>, _ envelope: Envelope,
        _ work: @Sendable (PostgresConnection, inout Decisions) async throws -> HandlerOutput
    ) async throws {
        try await pool.withTransaction("control") { connection in
            var (state, watermarks) = try await store.loadState([incoming], on: connection)
            if let key = incoming.watermarkKey, let place = incoming.origin?.place { watermarks.record(place.sequence, in: key) }
            var decisions = processor.decisions
            if let outcome = state.answered[envelope.id] {
                decisions.answerAgain(envelope, outcome)
            } else {
                do {
                    let output = try await work(connection, &decisions)
                    try decisions.done(envelope, output, isCommand: true)
                } catch let refusal as Refusal {
                    try decisions.refuse(envelope, refusal)
                }
            }
            let last = [watermarks.saving, OutboxWriter.step(writing: decisions.drafts)].compactMap(\.self)
            try connection.enqueue(decisions.steps() + last)
            if let faults = processor.faults { try connection.beforeCommit { try await faults(.written) } }
        }
    }
}

/// A message was queued under the key between the last check and the answer.
private struct QueuedSinceLastCheck: Error {}
