public import Foundation
import Kernel
public import Programme
import QuotaLedger

extension Deciding {
    /// Does to the ledger what the programme says that a step or a lapse does, all of it or nothing.
    func apply(
        _ effects: [LedgerEffect], at step: StepReference, of order: Order, fen: Fen?, to ledger: inout Ledger
    ) throws(Refusal) {
        // One effect is whole by itself; more of them are tried on a copy.
        guard effects.count > 1 else {
            if let effect = effects.first { try apply(effect, at: step, of: order, fen: fen, to: &ledger) }
            return
        }
        var copy = ledger
        for effect in effects { try apply(effect, at: step, of: order, fen: fen, to: &copy) }
        ledger = copy
    }

    private func apply(
        _ effect: LedgerEffect, at step: StepReference, of order: Order, fen: Fen?, to ledger: inout Ledger
    ) throws(Refusal) {
        switch effect.kind {
        case .reserve:
            let demands = try programme.demands(at: step, of: order.capSubject(on: try today()), fen: fen ?? order.voucher)
                .filter { effect.caps.isEmpty || effect.caps.contains($0.cap) }
            try ledger.reserve(demands, for: order.id, in: programme)
        case .restate:
            try ledger.restate(
                fen ?? order.voucher, for: order.id, caps: effect.caps, mayTopUp: programme.subsidy.dearer == .topUp, in: programme)
        case .release: try ledger.release(order.id, caps: effect.caps)
        case .forfeit: try ledger.forfeit(order.id, caps: effect.caps)
        case .post: try ledger.post(order.id, fen: fen, caps: effect.caps)
        case .postWhole: try ledger.post(order.id, fen: fen, caps: effect.caps, forfeitsRest: true)
        case .returnFunds: try ledger.giveBack(order.id, fen: fen, caps: effect.caps)
        }
    }

    /// The account of a product's vouchers under each cap that counts them; its limit is what the product was listed with.
    public static func stockAccounts(of product: ProductCopy, in programme: Programme) -> [CapDemand] {
        let day = programme.effective.lowerBound
        let subject = CapSubject(
            enterprise: "", tier: programme.tiers.last?.id ?? "", institution: product.institutionID.keyText,
            product: product.id.keyText, productLimit: product.stockVouchers,
            days: [.order: day, .claim: day, .redemptionDecision: day])
        let stocks = programme.caps.filter { $0.limit == .product }.map(\.id)
        return demands(of: subject, in: programme).filter { stocks.contains($0.cap) }
    }

    /// Every account that an order of a product by an enterprise may come to reserve on under a programme, in any of its years.
    public static func accounts(enterprise: UUID, product: ProductCopy, in programme: Programme) -> [CapDemand] {
        let subject = CapSubject(
            enterprise: enterprise.keyText, tier: programme.tiers.last?.id ?? "", institution: product.institutionID.keyText,
            product: product.id.keyText, productLimit: product.stockVouchers, days: [:])
        return demands(of: subject, years: [], in: programme)
    }

    /// Every account that an order may come to reserve on.
    public static func accounts(of order: Order, in programme: Programme) -> [CapDemand] {
        demands(of: order.capSubject(on: order.placedOn), years: [order.placedOn.year], in: programme)
    }

    private static func demands(of subject: CapSubject, years: Set<Int>, in programme: Programme) -> [CapDemand] {
        let all = years.union((programme.effective.lowerBound.year...programme.effective.upperBound.year).prefix(8))
        let days = all.compactMap { try? CalendarDate(year: $0, month: 1, day: 1) }
        return days.flatMap { day in
            var dated = subject
            dated.days = [.order: day, .claim: day, .redemptionDecision: day]
            return demands(of: dated, in: programme)
        }
    }

    private static func demands(of subject: CapSubject, in programme: Programme) -> [CapDemand] {
        Set(programme.caps.flatMap(\.reservedAt)).flatMap { step in
            (try? programme.demands(at: step, of: subject, fen: .zero)) ?? []
        }
    }
}
