import Foundation
import Kernel
import Postgres

/// Funds that have come back, each under the bank's reference once.
struct ReceiptTable: Sendable {
    private struct Receipt: Sendable {
        let disbursementID: UUID
        let amountFen: Fen
        let at: Date
    }

    var wanted: Set<String> = []
    private var known: Set<String> = []
    private var new: [String: Receipt] = [:]

    /// Whether funds under that reference are recorded.
    func isKnown(_ reference: String) -> Bool { known.contains(reference) }

    /// Records funds.
    mutating func put(_ reference: String, disbursementID: UUID, amountFen: Fen, at: Date) {
        known.insert(reference)
        new[reference] = Receipt(disbursementID: disbursementID, amountFen: amountFen, at: at)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !wanted.isEmpty else { return }
        known.formUnion(try await connection.query(Self.read, Array(wanted)).decode(String.self))
    }

    var writes: [PostgresStep] {
        new.sorted { $0.key < $1.key }.map { reference, receipt in
            PostgresStep(Self.write, [reference, receipt.disbursementID, receipt.amountFen.rawValue, receipt.at])
        }
    }

    private static let read = PostgresStatement(
        "receipt.read", "select bank_reference from receipt where bank_reference = any($1::text[])")
    private static let write = PostgresStatement("receipt.write", "insert into receipt values ($1, $2, $3, $4)")
}
