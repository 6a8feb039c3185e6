public import Kernel

/// How long a contract runs.
public enum ServicePeriod: Sendable, Hashable, Codable {
    /// Done at once, or not longer than a year.
    case short
    /// So many whole months.
    case months(Int)
    /// So many days.
    case days(Int)
    /// From the first day through the last.
    case dates(from: CalendarDate, through: CalendarDate)
}

/// A subsidy and how it came about, so that anyone can follow the sum.
public struct SubsidyCalculation: Sendable, Hashable, Codable {
    /// One step of the sum.
    public struct Step: Sendable, Hashable, Codable {
        /// What was done: "base", "averaging", "units", "share", "ceiling".
        public let name: String
        /// The sum in words.
        public let text: LocalisedText
        /// What came out.
        public let result: Fen
        /// The clauses and readings it follows from.
        public let clauses: [String]
    }

    /// The steps in order.
    public let steps: [Step]
    /// What is subsidised.
    public let amount: Fen
}

extension Programme {
    /// What is subsidised of a price, step by step: the average of a long contract, the units that one voucher pays for, the share, the ceiling.
    ///
    /// `unitPrice` is the price of one unit where the price is of several; nil where it is of one. Each step is rounded down to the fen. Throws
    /// QUAN-11 for a price below nothing or a period that is none.
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
        // What does not fit 64 bits is above any price, and bounds nothing.
        if let units = subsidy.units, let unitPrice, let most = try? unitPrice.multiplied(by: Int64(units.most)), most < sum.amount {
            sum.add(
                "units", most,
                LocalisedText(
                    zh: "一张券至多补贴 \(units.most) 个计价单位：\(unitPrice) × \(units.most) = \(most)",
                    en: "One voucher subsidises at most \(units.most) of the price's units: \(unitPrice) × \(units.most) = \(most)"),
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
                LocalisedText(zh: "单笔不超过 \(ceiling.amount)", en: "One transaction has at most \(ceiling.amount)"), ceiling.citation)
        }
        return SubsidyCalculation(steps: sum.steps, amount: sum.amount)
    }

    /// Why an amount may not be reserved on a product with that upper price; nil where it may.
    ///
    /// Only a programme that expects by the upper guide price has such a bound. The period is not known before a contract, so nothing is averaged.
    public func refusal(expecting amount: Fen, upperGuidePrice: Fen) -> Refusal? {
        guard amount > .zero else { return PlatformRule.amountOutOfRange.refusal().comparing("requested", amount) }
        guard subsidy.expected == .shareOfUpperGuidePrice, let most = try? subsidy(price: upperGuidePrice).amount, amount > most else {
            return nil
        }
        return refusal(amount, over: most)
    }

    /// Why an amount may not be redeemed on a contract of that price and period; nil where it may.
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
            ?? LocalisedText(zh: "补贴金额 \(amount) 超过上限 \(most)。", en: "The subsidy of \(amount) is over the most there can be, \(most).")
        return citation.refusal(slug: subsidy.wording.slug ?? "subsidy-too-high", message: message, remedy: subsidy.wording.remedy)
            .comparing("requested", amount).comparing("limit", most).comparing("share", subsidy.share.rawValue, .basisPoints)
    }
}

/// A sum while it is being done.
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
    /// What part of the period `months` are, where it is longer than they are. Whole months are counted in months, others in days.
    fileprivate func part(of months: Int) throws(Refusal) -> (kept: Int, whole: Int, isInMonths: Bool)? {
        switch self {
        case .short: return nil
        case .months(let count):
            guard count > 0 else { throw Self.none }
            return count > months ? (months, count, true) : nil
        case .days(let count):
            guard count > 0 else { throw Self.none }
            // A year of 365 days, as no calendar says which year it is.
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
        // From the 5th through the 4th of a later month is whole months, and so is a month's last day to another's.
        let count = (end.year - first.year) * 12 + end.month - first.month
        if count > 0, (try? first.adding(months: count)) == end { return (months, count, true) }
        return (first.days(until: limit), first.days(until: end), false)
    }

    private static var none: Refusal {
        PlatformRule.malformedMessage.refusal(LocalisedText(zh: "服务期限不正确。", en: "The period of service is none."))
    }
}
