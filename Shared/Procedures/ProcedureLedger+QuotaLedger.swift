public import Foundation
public import Kernel
public import Programme
public import QuotaLedger

/// The quota ledger as procedures use it.
extension Ledger: ProcedureLedger {
    /// Whether a case has ever reserved.
    public func hasReservations(of id: UUID) -> Bool { hold(of: id).count > 0 }

    /// Applies an effect on the reservations of a case.
    ///
    /// Throws the refusal of the cap that has too little left, and refuses what was ended before or exceeds what is reserved.
    public mutating func apply(
        _ change: Transition.LedgerChange, of holder: ProcedureCase, known: Facts, at now: Date, under programme: Programme,
        limits latest: Programme
    ) throws(Refusal) {
        let effect = change.effect
        switch effect.kind {
        case .reserve:
            let subject = holder.capSubject(known, at: now)
            // A limit is that of the last version: the case's own would set it back.
            let demands = try programme.demands(at: change.reference, of: subject, fen: change.amount ?? .zero)
                .filter { effect.caps.isEmpty || effect.caps.contains($0.cap) }
                .map { demand in
                    CapDemand(
                        cap: demand.cap, account: demand.account, unit: demand.unit, amount: demand.amount,
                        limit: latest.limit(ofCap: demand.cap, subject) ?? demand.limit)
                }
            try reserve(demands, for: holder.id, in: programme)
        case .restate:
            guard let amount = change.amount else { throw PlatformRule.amountOutOfRange.refusal() }
            try restate(amount, for: holder.id, caps: effect.caps, mayTopUp: programme.subsidy.dearer == .topUp, in: programme)
        case .release: try release(holder.id, caps: effect.caps)
        case .forfeit: try forfeit(holder.id, caps: effect.caps)
        case .post: try post(holder.id, fen: change.amount, caps: effect.caps)
        case .postWhole: try post(holder.id, fen: change.amount, caps: effect.caps, forfeitsRest: true)
        case .returnFunds: try giveBack(holder.id, fen: change.amount, caps: effect.caps)
        }
    }
}

extension ProcedureCase {
    /// The parties and days that the caps of a reservation need.
    fileprivate func capSubject(_ known: Facts, at now: Date) -> CapSubject {
        func text(_ id: UUID?) -> String? { id?.uuidString.lowercased() }
        func number(_ record: String, _ field: String) -> Int64? {
            switch known[FieldName(record, field)] {
            case .count(let count)?: count
            case .amount(let fen)?: fen.rawValue
            default: nil
            }
        }
        var days: [Cap.Year: CalendarDate] = [:]
        if let today = try? BeijingTime.date(at: now) { days = [.order: today, .claim: today, .redemptionDecision: today] }
        var tier = ""
        if case .text(let name)? = known[FieldName("enterprise", "tier")] { tier = name }
        return CapSubject(
            enterprise: text(parties["enterprise"]) ?? "", tier: tier, institution: text(parties["institution"]),
            product: text(refers["product"] ?? parties["product"]), productLimit: number("product", "vouchers"),
            batch: text(refers["batch"]), batchLimit: number("batch", "amount"), days: days)
    }
}
