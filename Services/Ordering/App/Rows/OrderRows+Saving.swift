import Access
import Foundation
import Kernel
import Messaging
import OrderingDomain
import Postgres
import Programme
import ProgrammeStore
import QuotaLedger

extension OrderRows {
    /// The changes, one statement per table, in one round trip.
    func writes() throws -> [PostgresStep] {
        try access.writes() + programmes.writes() + copySteps() + orderSteps() + ledgerSteps()
    }

    private func copySteps() -> [PostgresStep] {
        var steps: [PostgresStep] = []
        let enterprises = changes.enterprises.compactMap { self.enterprises[$0] }
        if !enterprises.isEmpty {
            steps.append(
                PostgresStep(
                    OrderStatements.saveEnterprises,
                    [
                        enterprises.map(\.id), enterprises.map(\.programmeID), enterprises.map(\.name), enterprises.map(\.creditCode),
                        enterprises.map(\.state), enterprises.map(\.sizeClass), enterprises.map(\.tier), enterprises.map(\.checkedAt),
                    ]))
        }
        let institutions = changes.institutions.compactMap { self.institutions[$0] }
        if !institutions.isEmpty {
            steps.append(
                PostgresStep(
                    OrderStatements.saveInstitutions,
                    [
                        institutions.map(\.id), institutions.map(\.programmeID), institutions.map(\.name), institutions.map(\.creditCode),
                        institutions.map(\.isAdmitted), institutions.map(\.checkedAt),
                    ]))
        }
        if !redemptions.isEmpty {
            let orders = Self.sorted(Set(redemptions.keys))
            steps.append(PostgresStep(OrderStatements.saveRedemptions, [orders, orders.compactMap { redemptions[$0] }]))
        }
        let products = changes.products.compactMap { self.products[$0] }
        if !products.isEmpty {
            steps.append(
                PostgresStep(
                    OrderStatements.saveProducts,
                    [
                        products.map(\.id), products.map(\.programmeID), products.map(\.institutionID), products.map(\.name),
                        products.map(\.category), products.map(\.service), products.map(\.guideLow.rawValue),
                        products.map(\.guideHigh.rawValue), products.map(\.stockVouchers), products.map(\.state), products.map(\.checkedAt),
                    ]))
        }
        return steps
    }

    private func orderSteps() throws -> [PostgresStep] {
        var steps: [PostgresStep] = []
        let placed = new.compactMap { orders[$0] }
        if !placed.isEmpty {
            steps.append(
                PostgresStep(
                    OrderStatements.insertOrders,
                    [
                        placed.map(\.id), placed.map(\.number), placed.map(\.programmeID),
                        placed.map { Int32(clamping: $0.programmeVersion) },
                        placed.map(\.city), placed.map(\.enterprise.id), placed.map(\.enterprise.name), placed.map(\.tier),
                        placed.map(\.institution.id), placed.map(\.institution.name), placed.map(\.product.id), placed.map(\.product.name),
                        placed.map(\.product.category), placed.map(\.product.service), placed.map(\.product.guideLow.rawValue),
                        placed.map(\.product.guideHigh.rawValue), placed.map(\.contact), placed.map(\.placedAt),
                        placed.map(\.voucher.rawValue), placed.map(held), placed.map(\.state),
                        try placed.map { try PostgresJSON(encoding: $0.progress) },
                    ]))
        }
        let changed = changes.orders.subtracting(new).compactMap { orders[$0] }
        if !changed.isEmpty {
            steps.append(
                PostgresStep(
                    OrderStatements.updateOrders,
                    [
                        changed.map(\.id), changed.map(\.voucher.rawValue), changed.map(held), changed.map(\.state),
                        try changed.map { try PostgresJSON(encoding: $0.progress) },
                    ]))
        }
        return steps
    }

    /// The amount that an order still reserves in its money accounts.
    private func held(_ order: Order) -> Int64 {
        let hold = ledger.hold(of: order.id)
        return hold.accounts.filter { ledger.accounts[$0]?.unit == .fen }.map(hold.pending).max() ?? 0
    }

    private func ledgerSteps() -> [PostgresStep] {
        var steps: [PostgresStep] = []
        let accounts = ledger.changed.sorted().compactMap { ledger.accounts[$0] }
        if !accounts.isEmpty {
            steps.append(
                PostgresStep(
                    OrderStatements.saveAccounts,
                    [
                        accounts.map(\.key.text), accounts.map(\.cap), accounts.map(\.unit.rawValue), accounts.map(\.limit),
                        accounts.map(\.drawn), accounts.map(\.pending), accounts.map(\.posted), accounts.map(\.forfeited),
                        accounts.map(\.version),
                    ]))
        }
        let all = ledger.transfers
        guard !all.isEmpty else { return steps }
        var decisions = changes.decisions[...]
        let decisionOfTransfer = all.indices.map { index in
            while let first = decisions.first, first.upTo <= index, decisions.count > 1 { decisions.removeFirst() }
            return decisions.first
        }
        steps.append(
            PostgresStep(
                OrderStatements.insertTransfers,
                [
                    all.map(\.orderID), all.map { Int32(clamping: $0.number) }, all.map(\.account.text), all.map(\.accountNumber),
                    all.map(\.kind.rawValue), all.map(\.amount), all.map(\.rest), all.map { $0.reservation.map { Int32(clamping: $0) } },
                    all.map(\.limitThen), all.map(\.drawnThen), decisionOfTransfer.map { $0?.id }, decisionOfTransfer.map { $0?.at },
                ]))
        return steps
    }
}
