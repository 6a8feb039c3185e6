import Kernel

/// Tiers, caps, subsidy, allocation, payout.
extension ProgrammeReading {
    func readTiers(_ file: Group) -> [Tier] {
        _ = file.required("tiers")
        let keys = Group.cited + ["lists", "beneficiaries", "quotaYuan", "quotaFen"]
        return file.each("tiers", "a tier", keys: keys) { group in
            guard let id = group.id(.tier) else { return nil }
            return Tier(
                id: id, title: group.title(), lists: group.optional("lists")?.references(.list) ?? [],
                beneficiaries: group.optional("beneficiaries")?.references(.beneficiary) ?? [],
                quota: group.requiredAmount("quota") ?? .zero,
                citation: group.citation())
        }
    }

    func readCaps(_ file: Group) -> [Cap] {
        let keys =
            Group.refusing + ["account", "unit", "limitYuan", "limitFen", "limitVouchers", "limitFrom", "limitShare", "year", "reservedAt"]
        return file.each("caps", "a cap", keys: keys) { group in
            guard let id = group.id(.cap), let account: Cap.Account = group.required("account")?.choice("account"),
                let unit: Cap.Unit = group.required("unit")?.choice("unit"), let limit = limit(group, unit),
                let steps = group.required("reservedAt")?.list().compactMap({ $0.step() })
            else { return nil }
            let year: Cap.Year? = group.optional("year")?.choice("year")
            if account.isYearly != group.has("year") {
                group.item.fault(
                    account.isYearly ? "an account a year needs a year" : "the account \(account.rawValue) has no year",
                    account.isYearly ? "Write `year: order`, `claim` or `redemption-decision`" : "Remove `year:`")
            }
            return Cap(
                id: id, title: group.title(), account: account, unit: unit, limit: limit, year: year, reservedAt: steps,
                citation: group.citation(), wording: group.wording())
        }
    }

    private func limit(_ group: Group, _ unit: Cap.Unit) -> Cap.Limit? {
        let given = ["limitYuan", "limitFen", "limitVouchers", "limitFrom", "limitShare"].filter(group.has)
        guard given.count == 1 else {
            group.item.fault(
                given.isEmpty ? "a cap has no limit" : "a cap has \(given.joined(separator: " and "))",
                "Write one of limitYuan, limitFen, limitVouchers, limitFrom (tier, product, batch) and limitShare")
            return nil
        }
        switch given[0] {
        case "limitFrom": return group.optional("limitFrom").flatMap(limitFrom)
        case "limitShare": return group.optional("limitShare").flatMap(limitShare)
        case "limitVouchers":
            guard unit == .vouchers else { return wrongUnit(group) }
            return group.optional("limitVouchers")?.integer(0...Int64.max, "limitVouchers").map { .fixed($0) }
        default:
            guard unit == .fen else { return wrongUnit(group) }
            return group.amount("limit").map { .fixed($0.rawValue) }
        }
    }

    private func wrongUnit(_ group: Group) -> Cap.Limit? {
        group.item.fault("the limit is not in the cap's unit", "Write limitYuan or limitFen for fen, limitVouchers for vouchers")
        return nil
    }

    private func limitFrom(_ item: Item) -> Cap.Limit? {
        switch item.text() {
        case "tier": return .tier
        case "product": return .product
        case "batch": return .batch
        case nil: return nil
        case let other?:
            item.fault("no limit comes from \"\(other.prefix(40))\"", "Write tier, product or batch")
            return nil
        }
    }

    private func limitShare(_ item: Item) -> Cap.Limit? {
        guard let group = Group(item, "a limit by share", keys: ["basisPoints", "of"]) else { return nil }
        guard group.required("basisPoints") != nil, let share = group.share("basisPoints"), let of = group.required("of")?.reference(.cap)
        else { return nil }
        return .share(share, of: of)
    }

    func readSubsidy(_ file: Group) -> Subsidy {
        let keys = ["shareBasisPoints", "base", "clauses", "reading", "averaging", "units", "ceiling", "expected", "refusal"]
        guard let group = file.required("subsidy").flatMap({ Group($0, "the subsidy", keys: keys) }) else { return .none }
        _ = group.required("shareBasisPoints")
        let expected = group.required("expected").flatMap {
            Group($0, "the expected amount", keys: ["by", "dearer", "clauses", "reading"])
        }
        return Subsidy(
            share: group.share("shareBasisPoints") ?? .zero, base: group.required("base")?.choice("base") ?? .contractTotal,
            citation: group.citation(), averaging: averaging(group), units: units(group), ceiling: ceiling(group),
            expected: expected?.required("by")?.choice("way to expect") ?? .contract,
            dearer: expected?.required("dearer")?.choice("way for dearer contracts") ?? .keep,
            expectedCitation: expected?.citation(mayBeEmpty: expected?.has("reading") ?? true) ?? Citation([]), wording: group.wording())
    }

    private func averaging(_ subsidy: Group) -> Subsidy.Averaging? {
        guard let item = subsidy.optional("averaging"), let group = Group(item, "the averaging", keys: ["months", "clauses", "reading"]),
            let months = group.required("months")?.integer(1...600, "months")
        else { return nil }
        return Subsidy.Averaging(months: Int(months), citation: group.citation())
    }

    private func units(_ subsidy: Group) -> Subsidy.Units? {
        guard let item = subsidy.optional("units"), let group = Group(item, "the units", keys: ["most", "clauses", "reading"]),
            let most = group.required("most")?.integer(1...1_000_000, "most")
        else { return nil }
        return Subsidy.Units(most: Int(most), citation: group.citation())
    }

    private func ceiling(_ subsidy: Group) -> Subsidy.Ceiling? {
        guard let item = subsidy.optional("ceiling"), let group = Group(item, "the ceiling", keys: ["yuan", "fen", "clauses", "reading"])
        else { return nil }
        guard let amount = group.amount("") else {
            if !group.has("yuan"), !group.has("fen") { item.fault("the ceiling has no amount", "Write `yuan:` or `fen:`") }
            return nil
        }
        return Subsidy.Ceiling(amount: amount, citation: group.citation())
    }

    func readAllocation(_ file: Group) -> Allocation? {
        guard let item = file.optional("allocation"),
            let group = Group(item, "the allocation", keys: ["mode", "ranking", "clauses", "reading"]),
            let mode: Allocation.Mode = group.required("mode")?.choice("mode")
        else { return nil }
        let ranking = group.each("ranking", "a rank", keys: ["by", "lists"]) { rank -> Allocation.Rank? in
            switch rank.required("by")?.text() {
            case "lists": return .onList(rank.required("lists")?.references(.list) ?? [])
            case "time": return .timeOfClaim
            default:
                rank.item.fault("claims are ranked by lists or by time", "Write `by: lists` with `lists:`, or `by: time`")
                return nil
            }
        }
        return Allocation(mode: mode, ranking: ranking, citation: group.citation())
    }

    func readPayout(_ file: Group) -> Payout {
        let keys = ["route", "channel", "people", "refundReportWorkingDays", "clauses", "reading"]
        guard let group = file.required("payout").flatMap({ Group($0, "the payout", keys: keys) }) else { return .none }
        return Payout(
            route: group.required("route")?.choice("route") ?? .treasury, channel: group.required("channel")?.name() ?? "",
            people: Int(group.required("people")?.integer(1...5, "people") ?? 1),
            refundReportWorkingDays: group.days("refundReportWorkingDays"), citation: group.citation())
    }
}

extension Subsidy {
    /// A placeholder for a subsidy that could not be loaded; its fault prevents its use.
    static let none = Subsidy(
        share: .zero, base: .contractTotal, citation: Citation([]), averaging: nil, units: nil, ceiling: nil, expected: .contract,
        dearer: .keep,
        expectedCitation: Citation([]), wording: Wording())
}

extension Payout {
    /// A placeholder for a payout that could not be loaded.
    static let none = Payout(route: .treasury, channel: "", people: 1, refundReportWorkingDays: nil, citation: Citation([]))
}
