import Foundation
import Logging
import Postgres

/// Reads the bank's list of answers: late, repeated and contradicting answers.
struct BankAnswerReader: Sendable {
    /// Another instance has read the same page in the meantime.
    private struct ReadByAnotherInstance: Error {}

    let store: InstructionStore
    let channel: any BankChannel
    let pool: PostgresPool
    let circuitBreaker: BankCircuitBreaker
    let options: BankOptions
    let logger: Logger
    var health = BankAnswerReaderHealth()

    /// Runs until the task is cancelled.
    func run() async throws {
        while true {
            try await Task.sleep(for: max(circuitBreaker.pause, options.idlePause))
            do {
                while try await readPage() > 0 {}
                health.recordSuccess()
            } catch is CancellationError {
                return
            } catch {
                health.recordFailure(error)
                logger.notice("cannot read the bank's list of answers", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Reads one page and returns the number of answers in it. The position is saved in the same transaction as the changes.
    func readPage() async throws -> Int {
        let position = try await pool.withConnection { try await $0.query(Self.readPosition).decode(Int64.self).first } ?? 0
        let (answers, next) = try await channel.answers(after: position)
        guard next > position else { return 0 }
        do {
            try await store.apply(answers) { connection in
                guard try await connection.execute(Self.savePosition, position, next) == 1 else { throw ReadByAnotherInstance() }
            }
        } catch is ReadByAnotherInstance {
            return 0
        }
        return answers.count
    }

    private static let readPosition = PostgresStatement("payout.read-position", "select position from bank_feed where name = 'answers'")
    private static let savePosition = PostgresStatement(
        "payout.save-position", "update bank_feed set position = $2 where name = 'answers' and position = $1")
}
