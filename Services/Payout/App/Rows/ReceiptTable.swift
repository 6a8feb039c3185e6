import Foundation
import Kernel
import Postgres

/// Returned funds; each bank reference is recorded once.
struct ReceiptTable: Sendable {
    private struct Receipt: Sendable {
        let disbursementID: UUID
        let amountFen: Fen
        let at: Date
    }

    var requested: Set<String> = []
    private var known: Set<String> = []
    private var new: [String: Receipt] = [:]

    /// Whether funds are recorded under the reference.
    func isKnown(_ reference: String) -> Bool { known.contains(reference) }

    /// Adds a receipt.
    mutating func put(_ reference: String, disbursementID: UUID, amountFen: Fen, at: Date) {
        known.insert(reference)
        new[reference] = Receipt(disbursementID: disbursementID, amountFen: amountFen, at: at)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        guard !requested.isEmpty else { return }
        known.formUnion(try await connection.query(Self.read, Array(requested)).decode(String.self))
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
