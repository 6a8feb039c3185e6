public import Kernel

/// The key of an account of the quota ledger.
public struct AccountKey: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The programme's id, the cap's id, and the year or the owner of the account if it has one: "beijing-2026/enterprise-year/2026/...".
    public let text: String

    /// A key from its text.
    public init(text: String) { self.text = text }

    /// The text.
    public var description: String { text }
    /// The order in which accounts are locked.
    public static func < (left: AccountKey, right: AccountKey) -> Bool { left.text < right.text }
}

/// The parties and dates of an order or claim that caps need.
public struct CapSubject: Sendable, Hashable, Codable {
    /// The enterprise's id.
    public var enterprise: String
    /// The enterprise's tier.
    public var tier: String
    /// The institution's id; nil if there is none yet.
    public var institution: String?
    /// The product's id; nil if there is none yet.
    public var product: String?
    /// The limit with which the product was listed, in vouchers or fen; nil if the account has it.
    public var productLimit: Int64?
    /// The batch's id, if vouchers are claimed in batches.
    public var batch: String?
    /// The limit with which the batch was announced; nil if the account has it.
    public var batchLimit: Int64?
    /// The days that determine the years of yearly caps; a cap whose day is missing is refused.
    public var days: [Cap.Year: CalendarDate]

    /// A subject of caps.
    public init(
        enterprise: String, tier: String, institution: String? = nil, product: String? = nil, productLimit: Int64? = nil,
        batch: String? = nil,
        batchLimit: Int64? = nil, days: [Cap.Year: CalendarDate]
    ) {
        (self.enterprise, self.tier, self.institution, self.product) = (enterprise, tier, institution, product)
        (self.productLimit, self.batch, self.batchLimit, self.days) = (productLimit, batch, batchLimit, days)
    }
}

/// The demand of one order on one cap.
public struct CapDemand: Sendable, Hashable {
    /// The cap's id.
    public let cap: String
    /// The account.
    public let account: AccountKey
    /// The unit.
    public let unit: Cap.Unit
    /// The amount in that unit.
    public let amount: Int64
    /// The account's limit; nil if the account has it.
    public let limit: Int64?

    /// A demand on an account.
    public init(cap: String, account: AccountKey, unit: Cap.Unit, amount: Int64, limit: Int64?) {
        (self.cap, self.account, self.unit, self.amount, self.limit) = (cap, account, unit, amount, limit)
    }
}

extension Programme {
    /// The demands on all caps that are reserved at `step`, in the order of the accounts; `fen` is the voucher amount.
    ///
    /// Throws QUAN-07 if the subject lacks a value that the cap's account needs.
    public func demands(at step: StepReference, of subject: CapSubject, fen: Fen) throws(Refusal) -> [CapDemand] {
        var demands: [CapDemand] = []
        for cap in caps where cap.reservedAt.contains(step) {
            guard let account = account(of: cap, subject) else {
                throw PlatformRule.unknownReference.refusal(
                    LocalisedText(zh: "缺少“\(cap.title.zh)”所需的信息。", en: "Information for \"\(cap.title.en)\" is missing."))
            }
            let amount = cap.unit == .fen ? fen.rawValue : 1
            demands.append(CapDemand(cap: cap.id, account: account, unit: cap.unit, amount: amount, limit: limit(of: cap, subject)))
        }
        return demands.sorted { $0.account < $1.account }
    }

    /// The limit of an account of a cap under this version; nil if the cap is unknown or the account has it.
    public func limit(ofCap id: String, _ subject: CapSubject) -> Int64? { cap(id).flatMap { limit(of: $0, subject) } }

    private func account(of cap: Cap, _ subject: CapSubject) -> AccountKey? {
        var parts = [id, cap.id]
        if let year = cap.year {
            guard let day = subject.days[year] else { return nil }
            parts.append("\(day.year)")
        }
        switch cap.account {
        case .enterpriseYear: parts.append(subject.enterprise)
        case .institutionYear:
            guard let institution = subject.institution else { return nil }
            parts.append(institution)
        case .productStock:
            guard let product = subject.product else { return nil }
            parts.append(product)
        case .batch:
            guard let batch = subject.batch else { return nil }
            parts.append(batch)
        case .programmeYear: break
        }
        return AccountKey(text: parts.joined(separator: "/"))
    }

    private func limit(of cap: Cap, _ subject: CapSubject) -> Int64? {
        switch cap.limit {
        case .fixed(let limit): return limit
        case .tier: return tier(subject.tier)?.quota.rawValue
        case .product: return subject.productLimit
        case .batch: return subject.batchLimit
        case .share(let share, let of):
            guard let other = self.cap(of), case .fixed(let limit) = other.limit else { return nil }
            return Fen(limit).share(share).rawValue
        }
    }
}

extension Cap {
    /// The slug of its refusal.
    public var slug: String { wording.slug ?? "cap-\(id)-exhausted" }

    /// The refusal for an account with an insufficient remainder.
    public func refusal(requested: Int64, left: Int64, limit: Int64) -> Refusal {
        let units: RefusalUnit = unit == .fen ? .fen : .vouchers
        let message =
            wording.message
            ?? LocalisedText(
                zh: "“\(title.zh)”余额不足：需要 \(spoken(requested))，剩余 \(spoken(left))。",
                en: "\"\(title.en)\" is insufficient: \(spoken(requested)) is needed, \(spoken(left)) is left.")
        return citation.refusal(slug: slug, message: message, remedy: wording.remedy)
            .comparing("requested", requested, units).comparing("left", left, units).comparing("limit", limit, units)
    }

    private func spoken(_ number: Int64) -> String { unit == .fen ? Fen(number).description : "\(number)" }
}
