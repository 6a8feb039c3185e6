public import Kernel

/// The service period of a contract.
public enum ServicePeriod: Sendable, Hashable, Codable {
    /// A single delivery, or at most one year.
    case short
    /// A number of whole months.
    case months(Int)
    /// A number of days.
    case days(Int)
    /// From the first day through the last.
    case dates(from: CalendarDate, through: CalendarDate)
}

/// A subsidy with its calculation.
public struct SubsidyCalculation: Sendable, Hashable, Codable {
    /// One step of the calculation.
    public struct Step: Sendable, Hashable, Codable {
        /// The step: "base", "averaging", "units", "share", "ceiling".
        public let name: String
        /// The calculation as text.
        public let text: LocalisedText
        /// The result.
        public let result: Fen
        /// The clauses and interpretations on which it is based.
        public let clauses: [String]
    }

    /// The steps in order.
    public let steps: [Step]
    /// The subsidy.
    public let amount: Fen
}

extension Programme {
    /// The subsidy for a price, step by step: averaging of a long contract, the unit limit, the share, the ceiling.
    ///
    /// `unitPrice` is the price of one unit if the price is for several; nil otherwise. Each step is rounded down to the fen. Throws
    /// QUAN-11 for a negative price or an invalid period.
    public func subsidy(price: Fen, period: ServicePeriod = .short, unitPrice: Fen? = nil) throws(Refusal) -> SubsidyCalculation {
        guard price >= .zero else { throw PlatformRule.amountOutOfRange.refusal().comparing("price", price) }
        var sum = SubsidySum(
            name: "base", price, LocalisedText(zh: "计算基数 \(price)", en: "The base is \(price)"), subsidy.citation)
        if let averaging = subsidy.averaging, let part = try period.part(of: averaging.months) {
            guard let average = try? price.scaled(by: Int64(part.kept), over: Int64(part.whole)) else {
                throw PlatformRule.amountOutOfRange.refusal().comparing("price", price)
            }
            let unit = part.isInMonths ? (zh: "个月", en: "months") : (zh: "天", en: "days")
            sum.add(
                "averaging", average,
                LocalisedText(
                    zh: "\(price) × \(part.kept) ÷ \(part.whole) \(unit.zh) = \(average)",
                    en: "\(price) × \(part.kept) ÷ \(part.whole) \(unit.en) = \(average)"), averaging.citation)
        }
        // A product that overflows 64 bits is above any price, so there is no limit.
        if let units = subsidy.units, let unitPrice, let most = try? unitPrice.multiplied(by: Int64(units.most)), most < sum.amount {
            sum.add(
                "units", most,
                LocalisedText(
                    zh: "一张券至多补贴 \(units.most) 个计价单位：\(unitPrice) × \(units.most) = \(most)",
                    en: "One voucher subsidises at most \(units.most) units: \(unitPrice) × \(units.most) = \(most)"),
                units.citation)
        }
        let base = sum.amount
        let share = base.share(subsidy.share)
        sum.add(
            "share", share, LocalisedText(zh: "\(base) × \(subsidy.share) = \(share)", en: "\(base) × \(subsidy.share) = \(share)"),
            subsidy.citation)
        if let ceiling = subsidy.ceiling, share > ceiling.amount {
            sum.add(
                "ceiling", ceiling.amount,
                LocalisedText(zh: "单笔不超过 \(ceiling.amount)", en: "The maximum for one transaction is \(ceiling.amount)"), ceiling.citation)
        }
        return SubsidyCalculation(steps: sum.steps, amount: sum.amount)
    }

    /// The refusal of reserving an amount for a product with that upper price; nil if it is allowed.
    ///
    /// Only a programme that expects by the upper guide price has this limit. The period is unknown before a contract, so there is no
    /// averaging.
    public func refusal(expecting amount: Fen, upperGuidePrice: Fen) -> Refusal? {
        guard amount > .zero else { return PlatformRule.amountOutOfRange.refusal().comparing("requested", amount) }
        guard subsidy.expected == .shareOfUpperGuidePrice, let most = try? subsidy(price: upperGuidePrice).amount, amount > most else {
            return nil
        }
        return refusal(amount, over: most)
    }

    /// The refusal of redeeming an amount on a contract of that price and period; nil if it is allowed.
    public func refusal(redeeming amount: Fen, price: Fen, period: ServicePeriod, unitPrice: Fen? = nil) throws(Refusal) -> Refusal? {
        let sum = try subsidy(price: price, period: period, unitPrice: unitPrice)
        guard amount > sum.amount else { return nil }
        let isBounded = sum.steps.contains { $0.name == "units" }
        return (isBounded ? subsidy.units?.citation.clauses ?? [] : []).reduce(refusal(amount, over: sum.amount)) { $0.under($1) }
    }

    private func refusal(_ amount: Fen, over most: Fen) -> Refusal {
        let isCeiling = subsidy.ceiling.map { $0.amount == most } ?? false
        let citation = isCeiling ? subsidy.ceiling?.citation ?? subsidy.citation : subsidy.citation
        let message =
            subsidy.wording.message
            ?? LocalisedText(zh: "补贴金额 \(amount) 超过上限 \(most)。", en: "The subsidy of \(amount) exceeds the maximum of \(most).")
        return citation.refusal(slug: subsidy.wording.slug ?? "subsidy-too-high", message: message, remedy: subsidy.wording.remedy)
            .comparing("requested", amount).comparing("limit", most).comparing("share", subsidy.share.rawValue, .basisPoints)
    }
}

/// A calculation in progress.
private struct SubsidySum {
    private(set) var steps: [SubsidyCalculation.Step] = []
    private(set) var amount: Fen

    init(name: String, _ amount: Fen, _ text: LocalisedText, _ citation: Citation) {
        self.amount = amount
        add(name, amount, text, citation)
    }

    mutating func add(_ name: String, _ amount: Fen, _ text: LocalisedText, _ citation: Citation) {
        self.amount = amount
        steps.append(SubsidyCalculation.Step(name: name, text: text, result: amount, clauses: citation.clauses + citation.readings))
    }
}

extension ServicePeriod {
    /// The part of the period that `months` cover, if it is longer. Whole months are counted in months, other periods in days.
    fileprivate func part(of months: Int) throws(Refusal) -> (kept: Int, whole: Int, isInMonths: Bool)? {
        switch self {
        case .short: return nil
        case .months(let count):
            guard count > 0 else { throw Self.none }
            return count > months ? (months, count, true) : nil
        case .days(let count):
            guard count > 0 else { throw Self.none }
            // A year has 365 days here, because the year is unknown.
            let days = months * 365 / 12
            return count > days ? (days, count, false) : nil
        case .dates(let first, let last): return try Self.part(of: months, first, last)
        }
    }

    private static func part(of months: Int, _ first: CalendarDate, _ last: CalendarDate) throws(Refusal) -> (
        kept: Int, whole: Int, isInMonths: Bool
    )? {
        guard first <= last, let end = try? last.adding(days: 1), let limit = try? first.adding(months: months) else { throw none }
        guard end > limit else { return nil }
        // From the 5th through the 4th of a later month is a number of whole months, and so is one month's last day to another's.
        let count = (end.year - first.year) * 12 + end.month - first.month
        if count > 0, (try? first.adding(months: count)) == end { return (months, count, true) }
        return (first.days(until: limit), first.days(until: end), false)
    }

    private static var none: Refusal {
        PlatformRule.malformedMessage.refusal(LocalisedText(zh: "服务期限不正确。", en: "The service period is invalid."))
    }
}
