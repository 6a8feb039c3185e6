import Access
import Dispatch
import FileStore
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import ProgrammeStore
import Recovery
import RedemptionDomain
import StrictJSON

extension RedemptionRows {
    mutating func load(_ connection: PostgresConnection) async throws {
        try await access.load(connection)
        try await programmes.load(connection)
        applied = try await AppliedVersions.load(rowRequests.applied, on: connection)
        let missing = try await CommandGaps.keys(
            among: Set(rowRequests.lapses.map(\.lowercased)), from: "portal", to: RedemptionHandlers.name, on: connection)
        withMissingCommands = rowRequests.lapses.filter { missing.contains($0.lowercased) }
        try await loadRedemptions(connection)
        try await loadInvoices(connection)
        try await loadReceipts(connection)
        try await loadFiles(connection)
    }

    private mutating func loadRedemptions(_ connection: PostgresConnection) async throws {
        guard !rowRequests.redemptions.isEmpty else { return }
        let ids = rowRequests.redemptions.sorted { $0.lowercased < $1.lowercased }
        for body in try await connection.query(RedemptionStatements.lock, ids).decode(PostgresJSON.self) {
            let redemption = try body.decode(Redemption.self)
            redemptions[redemption.id] = redemption
        }
    }

    private mutating func loadInvoices(_ connection: PostgresConnection) async throws {
        guard !rowRequests.invoices.isEmpty else { return }
        let numbers = Array(rowRequests.invoices)
        let ids = Array(redemptions.keys)
        let rows = try await connection.query(
            RedemptionStatements.invoices, numbers.map(\.code), numbers.map(\.number), ids)
        for (code, number, owner) in try rows.decode(String.self, String.self, UUID.self) {
            guard let invoice = try? InvoiceNumber(code: code, number: number) else { continue }
            invoiceOwners[invoice] = owner
        }
    }

    /// Reads and hashes each named file. A missing or changed file is left out.
    private mutating func loadFiles(_ connection: PostgresConnection) async throws {
        guard let store = rowRequests.store, !rowRequests.files.isEmpty else { return }
        let hashes = rowRequests.files.sorted { $0.hexadecimal < $1.hexadecimal }
        let institutions = Set(redemptions.values.map(\.order.institutionID))
        for (file, uploaders) in try await Self.read(hashes, for: institutions, in: store) {
            files[file.hash] = file
            self.uploaders[file.hash] = uploaders
        }
        let rows = try await connection.query(RedemptionStatements.files, hashes.map(\.hexadecimal))
        for (file, owner) in try rows.decode(String.self, UUID.self) {
            guard let hash = ContentHash(hexadecimal: file) else { continue }
            fileOwners[hash] = owner
        }
    }

    private mutating func loadReceipts(_ connection: PostgresConnection) async throws {
        guard !rowRequests.receipts.isEmpty else { return }
        let alike = Array(rowRequests.receipts)
        let rows = try await connection.query(
            RedemptionStatements.receipts, Array(rowRequests.slips), alike.map(\.paidOn.description), alike.map(\.amountFen.rawValue),
            alike.map(\.payer), alike.map(\.payee))
        for (number, paidOn, fen, payer, payee, owner) in try rows.decode(
            String.self, String.self, Int64.self, String.self, String.self, UUID.self)
        {
            if !number.isEmpty { receiptUses.numbers[number] = owner }
            guard let day = try? CalendarDate(paidOn) else { continue }
            let likeness = ReceiptLikeness(paidOn: day, amountFen: Fen(fen), payer: payer, payee: payee)
            receiptUses.alike[likeness, default: []].insert(owner)
        }
    }

    /// Runs on a thread of its own, because disk access must not block other work. Reading a file renews its upload time, so that it is not
    /// removed before the decision is committed.
    private static func read(
        _ hashes: [ContentHash], for institutions: Set<UUID>, in store: FileStore
    ) async throws -> [(StoredFile, Set<UUID>)] {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(
                        with: Result {
                            try hashes.compactMap { hash in
                                guard try store.renew(hash), let file = try store.file(hash) else { return nil }
                                return (file, Set(try institutions.filter { try store.isUploaded(hash, by: $0) }))
                            }
                        })
                }
            }
        } catch {
            throw FileStoreUnavailable(reason: "\(error)")
        }
    }
}

/// The file store cannot be read. Commands that name papers wait until it can.
struct FileStoreUnavailable: TransientFailure, CustomStringConvertible {
    let reason: String
    var description: String { "waiting for the file store: \(reason)" }
}
