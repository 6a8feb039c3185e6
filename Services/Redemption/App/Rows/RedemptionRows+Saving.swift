import Access
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import ProgrammeStore
import RedemptionDomain
import StrictJSON

extension RedemptionRows {
    func writes() throws -> [PostgresStep] {
        let changed = changes.changed.sorted { $0.lowercased < $1.lowercased }.compactMap { redemptions[$0] }
        return try access.writes() + programmes.writes() + step(changes.new.compactMap { redemptions[$0] }, RedemptionStatements.insert)
            + step(changed, RedemptionStatements.update) + useSteps()
    }

    private func step(_ rows: [Redemption], _ statement: PostgresStatement) throws -> [PostgresStep] {
        guard !rows.isEmpty else { return [] }
        return [
            PostgresStep(
                statement, rows.map(\.id), rows.map(\.order.programmeID), rows.map(\.order.institutionID), rows.map(\.state),
                rows.map { $0.application?.calculated.rawValue }, rows.map { $0.amount?.rawValue }, rows.map { $0.payable?.rawValue },
                rows.map { $0.settlement?.step }, rows.map { $0.settlement?.doneAt }, try rows.map { try PostgresJSON(encoding: $0) })
        ]
    }

    /// The invoices and receipts of an application replace those of the previous one; files are never released.
    private func useSteps() -> [PostgresStep] {
        let ids = changes.applied.sorted { $0.lowercased < $1.lowercased }
        return (ids.isEmpty ? [] : invoiceSteps(ids) + receiptSteps(ids)) + fileSteps()
    }

    private func invoiceSteps(_ ids: [UUID]) -> [PostgresStep] {
        let invoices = ids.flatMap { id in
            (redemptions[id]?.application?.facts.invoices ?? []).compactMap(\.invoiceNumber).map { (id, $0) }
        }
        // Sorted, so that two batches cannot deadlock.
        .sorted { ($0.1.code, $0.1.number) < ($1.1.code, $1.1.number) }
        return [
            PostgresStep(RedemptionStatements.deleteInvoices, ids),
            PostgresStep(
                RedemptionStatements.insertInvoices, invoices.map(\.1.code), invoices.map(\.1.number), invoices.map(\.0)),
        ]
    }

    private func receiptSteps(_ ids: [UUID]) -> [PostgresStep] {
        let receipts = ids.flatMap { id in
            (redemptions[id]?.application?.facts.receipts ?? []).map { (id, $0.slipNumber ?? "", $0.likeness) }
        }
        .sorted { $0.1 < $1.1 }
        return [
            PostgresStep(RedemptionStatements.deleteReceipts, ids),
            PostgresStep(
                RedemptionStatements.insertReceipts, receipts.map(\.1), receipts.map(\.2.paidOn.description),
                receipts.map(\.2.amountFen.rawValue), receipts.map(\.2.payer), receipts.map(\.2.payee), receipts.map(\.0)),
        ]
    }

    private func fileSteps() -> [PostgresStep] {
        let files = changes.files.sorted { $0.key.hexadecimal < $1.key.hexadecimal }
        guard !files.isEmpty else { return [] }
        return [PostgresStep(RedemptionStatements.insertFiles, files.map(\.key.hexadecimal), files.map(\.value))]
    }
}
