public import Foundation
public import Kernel
public import Programme

extension Ledger {
    /// Reserves for an order on every account demanded, or on none.
    ///
    /// Refused by the first cap, in the order of the accounts, that has too little left, in the programme's own words. A demand without a
    /// limit leaves the account's as it is; one with a limit sets it, for that is the limit of this moment.
    public mutating func reserve(_ demands: [CapDemand], for orderID: UUID, in programme: Programme) throws(Refusal) {
        var asked: [AccountKey: Int64] = [:]
        for demand in demands {
            guard demand.amount > 0 else { throw PlatformRule.amountOutOfRange.refusal().comparing("requested", demand.amount, .count) }
            let account = accounts[demand.account]
            guard let limit = demand.limit ?? account?.limit else { throw Self.noLimit(demand) }
            let drawn = account?.drawn ?? 0
            let before = asked[demand.account, default: 0]
            let (wanted, isOverflow) = before.addingReportingOverflow(demand.amount)
            let left = drawn > limit ? 0 : limit.subtractingReportingOverflow(drawn).partialValue
            guard !isOverflow, wanted <= left else {
                throw Self.exhausted(demand.cap, requested: demand.amount, left: max(0, left - before), limit: limit, programme)
            }
            asked[demand.account] = wanted
        }
        for demand in demands {
            if let limit = demand.limit { setLimit(limit, of: demand.account, cap: demand.cap, unit: demand.unit) }
            move(orderID, .reserve, on: demand.account, amount: demand.amount)
        }
    }

    /// Makes what an order holds on its accounts of money another amount: more is a new reservation under the same caps, less is given back.
    ///
    /// Refused where nothing is pending any more, and where a cap has too little left for what is more; then nothing changes.
    public mutating func restate(
        _ fen: Fen, for orderID: UUID, caps: [String], mayTopUp: Bool, in programme: Programme
    ) throws(Refusal) {
        guard fen > .zero else { throw PlatformRule.amountOutOfRange.refusal().comparing("requested", fen) }
        let hold = hold(of: orderID)
        guard hold.isPending || hold.count == 0 else { throw Self.nothingPending(hold) }
        let keys = hold.accounts.filter { accounts[$0].map { $0.unit == .fen && (caps.isEmpty || caps.contains($0.cap)) } ?? false }
        for key in keys where mayTopUp {
            guard let account = accounts[key] else { continue }
            let more = fen.rawValue - hold.pending(on: key)
            guard more <= 0 || more <= account.left else {
                throw Self.exhausted(account.cap, requested: more, left: account.left, limit: account.limit, programme)
            }
        }
        for key in keys {
            let difference = fen.rawValue - hold.pending(on: key)
            if difference > 0, mayTopUp { move(orderID, .reserve, on: key, amount: difference) }
            if difference < 0 { reduce(orderID, on: key, by: -difference) }
        }
    }

    /// Gives back of the latest reservations first: what was topped up goes before what was ordered.
    private mutating func reduce(_ orderID: UUID, on key: AccountKey, by amount: Int64) {
        var left = amount
        for reservation in hold(of: orderID).reservations.reversed() where reservation.account == key && !reservation.isEnded && left > 0 {
            let part = min(left, reservation.pending)
            let kind: Transfer.Kind = part == reservation.pending ? .release : .reduce
            move(orderID, kind, on: key, amount: part, reservation: reservation.number)
            left -= part
        }
    }

    static func exhausted(_ cap: String, requested: Int64, left: Int64, limit: Int64, _ programme: Programme) -> Refusal {
        programme.cap(cap)?.refusal(requested: requested, left: left, limit: limit)
            ?? PlatformRule.budgetExhausted.refusal()
            .comparing("requested", requested, .count).comparing("left", left, .count).comparing("limit", limit, .count)
    }

    static func noLimit(_ demand: CapDemand) -> Refusal {
        PlatformRule.unknownReference.refusal(
            LocalisedText(zh: "尚不知道该额度的上限。", en: "The limit of a cap is not known.")
        ).comparing("cap", demand.cap, .code)
    }

    static func nothingPending(_ hold: Hold) -> Refusal {
        PlatformRule.stateDoesNotAllow.refusal(
            LocalisedText(zh: "该订单已没有占用的额度。", en: "The order holds nothing any more.")
        ).comparing("pending", hold.reservations.reduce(0) { $0 + $1.pending }, .count)
    }
}
