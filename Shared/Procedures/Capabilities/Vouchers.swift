import Foundation
import Kernel
import Programme

/// What an order asks for and holds. The record of the order has `order.voucher`, the amount that it holds; `order.agreed`, the greatest amount
/// that the enterprise has ordered or confirmed; and `order.pending`, an amount that waits for its confirmation (IN-53).
extension CapabilityCall {
    private static let voucher = FieldName("order", "voucher")
    private static let agreed = FieldName("order", "agreed")
    private static let pending = FieldName("order", "pending")

    /// Gives a new order its number, its day, and the names of its parties.
    func orderNumber() throws(Refusal) -> CapabilityResult {
        let today = try today()
        var result = CapabilityResult()
        func put(_ field: String, _ value: FactValue?) { if let value { result.fields[FieldName("order", field)] = value } }
        put("number", .text(OrderNumber.text(city: programme.city, day: today, id: subject.id)))
        put("placedOn", .date(today))
        let first = Self.date(above, "order", "firstPlacedOn") ?? today
        put("firstPlacedOn", .date(min(first, today)))
        for (field, source) in [
            ("productName", ("product", "name")), ("enterpriseName", ("enterprise", "name")),
            ("institutionName", ("product", "institutionName")),
        ] {
            put(field, text(source.0, source.1).map { .text($0) })
        }
        return result
    }

    /// Checks that an order asks for at most the share of the product's upper guide price, and that its parties are two.
    func expectedVoucher() throws(Refusal) -> CapabilityResult {
        if let enterprise = subject.parties["enterprise"], enterprise == subject.parties["institution"] {
            throw refusal(.sameParty)
        }
        let asked = try required("order", "voucher")
        if let refusal = programme.refusal(expecting: asked, upperGuidePrice: amount("product", "guideHigh") ?? .zero) { throw refusal }
        return CapabilityResult(fields: [Self.agreed: .amount(asked), FieldName("order", "ordered"): .amount(asked)])
    }

    /// Checks a contract's period, price and amounts (QUAN-34, QUAN-40, QUAN-41, the subsidy's share), and decides how much of its voucher the
    /// order holds: what it takes beyond the agreed amount waits for the enterprise's confirmation (IN-53), where the programme tops up.
    func contractVoucher() throws(Refusal) -> CapabilityResult {
        let (total, taken) = (try required("contract", "total"), try required("contract", "voucher"))
        for (name, amount) in [("total", total), ("voucher", taken)] where amount <= .zero {
            throw PlatformRule.amountOutOfRange.refusal().comparing(name, amount)
        }
        try mustNotBeFuture()
        try mustHaveEnd()
        try mustMultiply(total)
        if let refusal = try programme.refusal(redeeming: taken, price: total, period: period, unitPrice: unitPriceOfMany) { throw refusal }
        let held = amount("order", "voucher") ?? .zero
        let mayTopUp = programme.subsidy.dearer == .topUp
        let isMore = taken > (mayTopUp ? amount("order", "agreed") ?? held : held)
        var result = CapabilityResult(fields: [Self.pending: isMore && mayTopUp ? .amount(taken) : nil])
        if !isMore { result.fields[Self.voucher] = .amount(taken) }
        return result
    }

    /// Lets an order hold the voucher amount that its contract takes, once the enterprise confirms it. The amount that it was shown must be
    /// the recorded one.
    func confirmedVoucher() throws(Refusal) -> CapabilityResult {
        guard let pending = amount("order", "pending") else {
            throw refusal(
                .stateDoesNotAllow, LocalisedText(zh: "没有等待企业确认的合同。", en: "No contract waits for the enterprise's confirmation."))
        }
        if let shown = amount("order", "confirmed"), shown != pending {
            throw refusal(
                .stateDoesNotAllow,
                LocalisedText(zh: "合同已重新登记，用券金额与所确认的不同。", en: "The contract was recorded anew; it takes another voucher amount.")
            ).comparing("confirmed", shown).comparing("recorded", pending)
        }
        return CapabilityResult(fields: [Self.voucher: .amount(pending), Self.agreed: .amount(pending), Self.pending: nil])
    }

    /// Lets an order hold no more than was ordered, while its contract is disputed.
    func disputedVoucher() throws(Refusal) -> CapabilityResult {
        let ordered = amount("order", "ordered") ?? amount("order", "agreed") ?? .zero
        let held = min(amount("order", "voucher") ?? ordered, ordered)
        return CapabilityResult(fields: [Self.voucher: .amount(held), Self.agreed: .amount(ordered), Self.pending: nil])
    }

    private func mustNotBeFuture() throws(Refusal) {
        let today = try today()
        guard let signed = date("contract", "signedOn"), signed > today else { return }
        throw refusal(.paperFromFuture).comparing("signedOn", signed.description, .date).comparing("today", today.description, .date)
    }

    /// Only where the programme subsidises a bounded time does it matter how long a service runs (QUAN-41).
    private func mustHaveEnd() throws(Refusal) {
        guard let averaging = programme.subsidy.averaging, date("contract", "serviceThrough") == nil,
            flag("contract", "isSingleDelivery") != true
        else { return }
        throw averaging.citation.refusal(of: .contractWithoutEnd).comparing("missing", "contract.serviceThrough", .code)
    }

    /// The total is the price times the quantity, to the fen (QUAN-40).
    private func mustMultiply(_ total: Fen) throws(Refusal) {
        guard let price = amount("contract", "price") else { return }
        // A product that overflows 64 bits is not the total either.
        guard quantity < 1 || (try? price.multiplied(by: quantity)) != total else { return }
        throw refusal(.totalNotPriceTimesQuantity).comparing("total", total).comparing("price", price)
            .comparing("quantity", quantity, .count)
    }

    /// The service period of the contract.
    var period: ServicePeriod {
        guard let from = date("contract", "serviceFrom"), let through = date("contract", "serviceThrough") else { return .short }
        return .dates(from: from, through: through)
    }

    /// The price of one unit if the contract is about several; nil otherwise.
    var unitPriceOfMany: Fen? { quantity > 1 ? amount("contract", "price") : nil }

    /// The recorded quantity; papers do not state it again.
    private var quantity: Int64 {
        if case .count(let count)? = subject.record[FieldName("contract", "quantity")] ?? above[FieldName("contract", "quantity")] {
            return count
        }
        return 1
    }
}

/// The number of an order as people write it and contracts print it: the city's division, the day, and twelve characters of the order's id.
///
/// The same order always has the same number. The characters leave out I, L, O and U, which are misread.
enum OrderNumber {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The number, "110000-20260520-7K3M9QX2ABCD".
    static func text(city: String, day: CalendarDate, id: UUID) -> String {
        // The last 60 bits are random in every version of id that commands have.
        let bytes = id.uuid
        var bits = [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var text = [UInt8](repeating: 0, count: 12)
        for place in text.indices.reversed() {
            text[place] = digits[Int(bits & 31)]
            bits >>= 5
        }
        let date = day.description.utf8.filter { $0 != UInt8(ascii: "-") }
        return "\(city)-\(String(decoding: date, as: UTF8.self))-\(String(decoding: text, as: UTF8.self))"
    }
}
