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
                decisions.drafts += try await republisher.queue(request, envelope, on: connection)
                try decisions.done(envelope, Said(), isCommand: true)
            }
        case .redrive(let request):
            try await answer(incoming, with: try await redrive.run(parkedID: request.parkedID, request: envelope.id))
        case .discard(let request):
            try await answer(
                incoming, with: try await redrive.run(parkedID: request.parkedID, request: envelope.id, discarding: request))
        }
    }

    private func answer(_ incoming: Incoming<Rows>, with result: Result<Redrive<Rows>.Report, Refusal>) async throws {
        guard let envelope = incoming.envelope else { return }
        try await answer(incoming) { _, decisions in
            switch result {
            case .success(let report):
                var said = Said()
                try said.answer(report)
                try decisions.done(envelope, said, isCommand: true)
            case .failure(let refusal): try decisions.refuse(envelope, refusal)
            }
        }
    }

    /// One transaction: seen before? then the stored answer; else the work, its answer and its audit row.
    private func answer(
        _ incoming: Incoming<Rows>, _ work: @Sendable (PostgresConnection, inout Decisions) async throws -> Void
    ) async throws {
        guard let envelope = incoming.envelope else { return }
        try await pool.withTransaction("control") { connection in
            let memory = try await store.recall([incoming], on: connection)
            var watermarks = try await store.watermarks([incoming], on: connection)
            if let key = incoming.watermarkKey, let place = envelope.place { watermarks[key]?.take(place.sequence) }
            var decisions = Decisions(service: processor.contents.service, ids: processor.ids)
            if let outcome = memory.answered[envelope.id] {
                decisions.answerAgain(envelope, outcome)
            } else {
                try await work(connection, &decisions)
            }
            try await OutboxWriter.write(decisions.drafts, on: connection)
            var steps = try decisions.steps()
            if let step = store.step(saving: watermarks) { steps.append(step) }
            if !steps.isEmpty { _ = try await connection.pipeline(steps) }
        }
    }
}
