import Foundation
import Kernel
import Messages
import Postgres

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
        case .republish(let request):
            try await answer(incoming) { connection, decisions in
                do {
                    decisions.drafts += try await republisher.queue(request, envelope, on: connection)
                    try decisions.done(envelope, HandlerOutput(), isCommand: true)
                } catch let refusal as Refusal {
                    try decisions.refuse(envelope, refusal)
                }
            }
        case .list(let request): try await answerQuery(incoming, envelope) { try await ParkedList.list(request, on: $0) }
        case .show(let request): try await answerQuery(incoming, envelope) { try await ParkedList.show(request, on: $0) }
        case .verify(let request): try await answerQuery(incoming, envelope) { try await SealVerifier.verify(request, on: $0) }
        case .heads(let request): try await answerQuery(incoming, envelope) { try await AuditHeads.list(request, on: $0) }
        case .redrive(let request): try await redriveKey(incoming, envelope, parkedID: request.parkedID)
        case .discard(let request): try await redriveKey(incoming, envelope, parkedID: request.parkedID, discarding: request)
        }
    }

    /// Answers an operator's query.
    private func answerQuery<Answer: Encodable & SendableMetatype>(
        _ incoming: Incoming<Rows>, _ envelope: Envelope, _ read: @Sendable (PostgresConnection) async throws -> Answer
    ) async throws {
        try await answer(incoming) { connection, decisions in
            do {
                var output = HandlerOutput()
                try output.answer(try await read(connection))
                try decisions.done(envelope, output, isCommand: true)
            } catch let refusal as Refusal {
                try decisions.refuse(envelope, refusal)
            }
        }
    }

    /// Redrives, and answers in the transaction that releases the key: if the process dies in between, both are repeated.
    private func redriveKey(
        _ incoming: Incoming<Rows>, _ envelope: Envelope, parkedID: Int64, discarding discard: DiscardParked? = nil
    ) async throws {
        if try await isAnswered(incoming, envelope) { return }
        while true {
            let result = try await redrive.run(parkedID: parkedID, request: envelope.id, discarding: discard)
            do {
                return try await answer(incoming) { connection, decisions in
                    switch result {
                    case .success(let report):
                        guard let report = try await redrive.release(after: report, request: envelope.id, on: connection) else {
                            throw QueuedSinceLastCheck()
                        }
                        var output = HandlerOutput()
                        try output.answer(report)
                        try decisions.done(envelope, output, isCommand: true)
                    case .failure(let refusal): try decisions.refuse(envelope, refusal)
                    }
                }
            } catch is QueuedSinceLastCheck {
                continue
            }
        }
    }

    /// Whether the command was answered before; if so, its answer is sent again.
    private func isAnswered(_ incoming: Incoming<Rows>, _ envelope: Envelope) async throws -> Bool {
        let isKnown = try await pool.withConnection { connection in
            try await store.loadState([incoming], on: connection).state.answered[envelope.id] != nil
        }
        if isKnown { try await answer(incoming) { _, _ in } }
        return isKnown
    }

    /// In one transaction, sends the stored answer of a duplicate, or does the work and writes its answer and its audit row.
    private func answer(
        _ incoming: Incoming<Rows>, _ work: @Sendable (PostgresConnection, inout Decisions) async throws -> Void
    ) async throws {
        guard let envelope = incoming.envelope else { return }
        try await pool.withTransaction("control") { connection in
            var (state, watermarks) = try await store.loadState([incoming], on: connection)
            if let key = incoming.watermarkKey, let place = incoming.origin?.place { watermarks[key]?.record(place.sequence) }
            var decisions = Decisions(service: processor.registry.service, ids: processor.ids)
            if let outcome = state.answered[envelope.id] {
                decisions.answerAgain(envelope, outcome)
            } else {
                try await work(connection, &decisions)
            }
            var steps = try decisions.steps()
            if let step = store.step(saving: watermarks) { steps.append(step) }
            if let step = OutboxWriter.step(writing: decisions.drafts) { steps.append(step) }
            try connection.enqueue(steps)
            if let faults = processor.faults { try connection.beforeCommit { try await faults(.written) } }
        }
    }
}

/// A message was queued under the key between the last check and the answer.
private struct QueuedSinceLastCheck: Error {}
