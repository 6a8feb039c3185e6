import Foundation
import Logging
import Postgres

/// Reads the bank's list of answers: what came late, again, or otherwise than said before.
struct AnswerFeed: Sendable {
    /// Another instance has read on meanwhile.
    private struct ReadByAnother: Error {}

    let desk: BankDesk
    let channel: any BankChannel
    let pool: PostgresPool
    let circuit: BankCircuit
    let options: BankOptions
    let logger: Logger
    var health = FeedHealth()

    /// Works until the task is cancelled.
    func run() async throws {
        while true {
            try await Task.sleep(for: max(circuit.pause, options.rest))
            do {
                while try await round() > 0 {}
                health.noteRead()
            } catch is CancellationError {
                return
            } catch {
                health.noteFailure(error)
                logger.notice("the bank's list of answers was not read", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Reads one page. Tells how many answers were in it. The place is moved on together with what the answers changed.
    func round() async throws -> Int {
        let place = try await pool.withConnection { try await $0.query(Self.read).decode(Int64.self).first } ?? 0
        let (answers, next) = try await channel.answers(after: place)
        guard next > place else { return 0 }
        do {
            try await desk.hear(answers) { connection in
                guard try await connection.execute(Self.move, place, next) == 1 else { throw ReadByAnother() }
            }
        } catch is ReadByAnother {
            return 0
        }
        return answers.count
    }

    private static let read = PostgresStatement("payout.feed-read", "select place from bank_feed where name = 'answers'")
    private static let move = PostgresStatement(
        "payout.feed-move", "update bank_feed set place = $2 where name = 'answers' and place = $1")
}
