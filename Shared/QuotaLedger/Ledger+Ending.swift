public import Foundation
public import Kernel
import Programme

extension Ledger {
    /// Gives all that is pending of an order back, on all its accounts or on those of certain caps.
    ///
    /// Refused where nothing is pending there any more: what was used, given back or lost once is so for good.
    public mutating func release(_ orderID: UUID, caps: [String] = []) throws(Refusal) {
        for reservation in try ending(orderID, caps) {
            move(orderID, .release, on: reservation.account, amount: reservation.pending, reservation: reservation.number)
        }
    }

    /// All that is pending of an order is lost and still counts.
    public mutating func forfeit(_ orderID: UUID, caps: [String] = []) throws(Refusal) {
        for reservation in try ending(orderID, caps) {
            move(orderID, .forfeit, on: reservation.account, amount: reservation.pending, reservation: reservation.number)
        }
    }

    /// What is pending of an order is used: `fen` of the money, or all of it where nil, and every voucher. What is left of the money is given
    /// back, or lost where `forfeitsRest`.
    ///
    /// Refused where more is to be used than is pending, and where nothing is.
    public mutating func post(_ orderID: UUID, fen: Fen? = nil, caps: [String] = [], forfeitsRest: Bool = false) throws(Refusal) {
        let reservations = try ending(orderID, caps)
        if let fen { try refuse(fen, beyondWhat: { $0.pending }, of: reservations) }
        var left: [AccountKey: Int64] = [:]
        for reservation in reservations {
            let isMoney = accounts[reservation.account]?.unit == .fen
            let wanted = isMoney ? left[reservation.account] ?? fen?.rawValue ?? Int64.max : Int64.max
            let part = min(wanted, reservation.pending)
            left[reservation.account] = wanted - part
            move(
                orderID, forfeitsRest ? .postWhole : .post, on: reservation.account, amount: part, rest: reservation.pending - part,
                reservation: reservation.number)
        }
    }

    /// What was used is given back: `fen` of the money, or all of it where nil. The voucher goes with the last of the money.
    ///
    /// Refused where more is to be given back than is used: nothing comes back twice.
    public mutating func giveBack(_ orderID: UUID, fen: Fen? = nil, caps: [String] = []) throws(Refusal) {
        if let fen, fen <= .zero { throw PlatformRule.amountOutOfRange.refusal().comparing("requested", fen) }
        let reservations = chosen(orderID, caps).filter { $0.posted > 0 }
        guard !reservations.isEmpty || hold(of: orderID).count == 0 else { throw Self.nothingPosted }
        if let fen { try refuse(fen, beyondWhat: { $0.posted }, of: reservations) }
        let money = reservations.filter { accounts[$0.account]?.unit == .fen }
        var left: [AccountKey: Int64] = [:]
        for reservation in money {
            let wanted = left[reservation.account] ?? fen?.rawValue ?? Int64.max
            let part = min(wanted, reservation.posted)
            left[reservation.account] = wanted - part
            guard part > 0 else { continue }
            move(orderID, .returnFunds, on: reservation.account, amount: part, reservation: reservation.number)
        }
        let after = hold(of: orderID)
        guard money.allSatisfy({ after.posted(on: $0.account) == 0 }) else { return }
        for reservation in reservations where accounts[reservation.account]?.unit == .vouchers {
            move(orderID, .returnFunds, on: reservation.account, amount: reservation.posted, reservation: reservation.number)
        }
    }

    /// The reservations on the accounts of certain caps; on all where none is named.
    private func chosen(_ orderID: UUID, _ caps: [String]) -> [Reservation] {
        hold(of: orderID).reservations.filter { reservation in
            caps.isEmpty || (accounts[reservation.account].map { caps.contains($0.cap) } ?? false)
        }
    }

    /// The reservations that can be ended. An order that never reserved, under a programme without caps, has none and is refused nothing.
    private func ending(_ orderID: UUID, _ caps: [String]) throws(Refusal) -> [Reservation] {
        let all = chosen(orderID, caps)
        let open = all.filter { !$0.isEnded }
        guard !open.isEmpty || all.isEmpty else { throw Self.nothingPending(hold(of: orderID)) }
        return open
    }

    /// Refuses an amount that is below nothing, or more than is there on any account of money.
    private func refuse(_ fen: Fen, beyondWhat side: (Reservation) -> Int64, of reservations: [Reservation]) throws(Refusal) {
        guard fen >= .zero else { throw PlatformRule.amountOutOfRange.refusal().comparing("requested", fen) }
        var there: [AccountKey: Int64] = [:]
        for reservation in reservations where accounts[reservation.account]?.unit == .fen {
            there[reservation.account, default: 0] += side(reservation)
        }
        guard let least = there.values.min(), fen.rawValue > least else { return }
        throw PlatformRule.amountOutOfRange.refusal(
            LocalisedText(zh: "金额超过该订单占用的额度。", en: "It is more than the order holds.")
        ).comparing("requested", fen).comparing("left", Fen(least))
    }

    private static var nothingPosted: Refusal {
        PlatformRule.stateDoesNotAllow.refusal(
            LocalisedText(zh: "该订单没有可退回的资金。", en: "Nothing of the order can be given back."))
    }
}
