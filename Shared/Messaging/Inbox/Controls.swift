import Foundation
import Kernel
import Messages
import Postgres

/// Serves the platform's own commands, the same for every service.
struct Controls<Rows: WorkingRows>: Sendable {
    let pool: PostgresPool
    let store: InboxStore<Rows>
    let processor: BatchProcessor<Rows>
    let redrive: Redrive<Rows>
    let republisher: Republisher

    /// Does what is asked and answers. A repetition is harmless: redriving takes what is left, republishing sends records
    /// that readers know how to pass over.
    func take(_ control: Incoming<Rows>.Control, _ incoming: Incoming<Rows>) async throws {
        guard let envelope = incoming.envelope else { return }
        switch control {
        case .republish(let request):
            try await answer(incoming) { connection, decisions in
                do {
                    decisions.drafts += try await republisher.queue(request, envelope, on: connection)
                    try decisions.done(envelope, Said(), isCommand: true)
                } catch let refusal as Refusal {
                    try decisions.refuse(envelope, refusal)
                }
            }
        case .list(let request): try await look(incoming, envelope) { try await ParkedList.list(request, on: $0) }
        case .show(let request): try await look(incoming, envelope) { try await ParkedList.show(request, on: $0) }
        case .verify(let request): try await look(incoming, envelope) { try await SealWalk.walk(request, on: $0) }
        case .heads(let request): try await look(incoming, envelope) { try await AuditHeads.list(request, on: $0) }
        case .redrive(let request): try await take(incoming, envelope, parkedID: request.parkedID)
        case .discard(let request): try await take(incoming, envelope, parkedID: request.parkedID, discarding: request)
        }
    }

    /// Answers with what an operator asked to see.
    private func look<Answer: Encodable & SendableMetatype>(
        _ incoming: Incoming<Rows>, _ envelope: Envelope, _ read: @Sendable (PostgresConnection) async throws -> Answer
    ) async throws {
        try await answer(incoming) { connection, decisions in
            do {
                var said = Said()
                try said.answer(try await read(connection))
                try decisions.done(envelope, said, isCommand: true)
            } catch let refusal as Refusal {
                try decisions.refuse(envelope, refusal)
            }
        }
    }

    /// Redrives, and answers in the transaction that lets the key go: a process that dies between the two finds both to do.
    private func take(
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
                            throw QueuedMeanwhile()
                        }
                        var said = Said()
                        try said.answer(report)
                        try decisions.done(envelope, said, isCommand: true)
                    case .failure(let refusal): try decisions.refuse(envelope, refusal)
                    }
                }
            } catch is QueuedMeanwhile {
                continue
            }
        }
    }

    /// Whether the command was answered before; then its answer goes out again.
    private func isAnswered(_ incoming: Incoming<Rows>, _ envelope: Envelope) async throws -> Bool {
        let isKnown = try await pool.withConnection { connection in
            try await store.recall([incoming], on: connection).memory.answered[envelope.id] != nil
        }
        if isKnown { try await answer(incoming) { _, _ in } }
        return isKnown
    }

    /// One transaction: seen before? then the stored answer; else the work, its answer and its audit row.
    private func answer(
        _ incoming: Incoming<Rows>, _ work: @Sendable (PostgresConnection, inout Decisions) async throws -> Void
    ) async throws {
        guard let envelope = incoming.envelope else { return }
        try await pool.withTransaction("control") { connection in
            var (memory, watermarks) = try await store.recall([incoming], on: connection)
            if let key = incoming.watermarkKey, let place = incoming.standing?.place { watermarks[key]?.take(place.sequence) }
            var decisions = Decisions(service: processor.contents.service, ids: processor.ids)
            if let outcome = memory.answered[envelope.id] {
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

/// Something was queued behind a key between the last look and the answer.
private struct QueuedMeanwhile: Error {}
