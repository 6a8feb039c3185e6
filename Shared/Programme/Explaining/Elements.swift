import Kernel

extension Programme {
    /// All parts of the programme that cite a clause, in the order of the file's sections.
    public var elements: [Element] {
        [effectiveElement] + settings.map(\.element) + namedTerms + tiers.map(\.element) + caps.map(\.element) + subsidyElements
            + (allocation.map { [$0.element] } ?? []) + categories.flatMap(\.elements) + forms.flatMap(\.elements)
            + documents.flatMap(\.elements) + paperRules.map(\.element) + rules.map(\.element) + procedures.flatMap(\.elements)
            + windows.map(\.element) + [payout.element] + sanctions.flatMap(\.elements)
    }

    private var effectiveElement: Element {
        Element(
            kind: "programme", path: "effective", title: title,
            parameters: ParameterList().adding("from", effective.lowerBound).adding("through", effective.upperBound).adding("city", city)
                .all,
            appliesAt: [], concerns: roles.map(\.id), citation: citation)
    }

    private var namedTerms: [Element] {
        func elements(_ terms: [NamedTerm], _ section: String, _ kind: String) -> [Element] {
            terms.map { $0.element(kind, section) }
        }
        return elements(roles, "roles", "role") + elements(beneficiaries, "beneficiaries", "beneficiary") + elements(lists, "lists", "list")
            + elements(qualifications, "qualifications", "qualification") + elements(domains, "domains", "domain")
    }

    private var subsidyElements: [Element] {
        let concerns = ["enterprise", "institution"]
        func element(_ path: String, _ title: LocalisedText, _ parameters: ParameterList, _ citation: Citation) -> Element {
            Element(
                kind: "subsidy", path: path, title: title, parameters: parameters.all, appliesAt: [], concerns: concerns, citation: citation
            )
        }
        var all = [
            element(
                "subsidy.share", LocalisedText(zh: "补贴比例", en: "Share that is subsidised"),
                ParameterList().adding("share", subsidy.share).adding("base", subsidy.base.rawValue), subsidy.citation),
            element(
                "subsidy.expected", LocalisedText(zh: "预计补贴额", en: "Amount that is expected"),
                ParameterList().adding("by", subsidy.expected.rawValue).adding("dearer", subsidy.dearer.rawValue), subsidy.expectedCitation),
        ]
        if let averaging = subsidy.averaging {
            all.append(
                element(
                    "subsidy.averaging", LocalisedText(zh: "超期合同平均折算", en: "Averaging of long contracts"),
                    ParameterList().adding("months", averaging.months), averaging.citation))
        }
        if let units = subsidy.units {
            all.append(
                element(
                    "subsidy.units", LocalisedText(zh: "一张券补贴的计价单位数", en: "Units that one voucher subsidises"),
                    ParameterList().adding("most", units.most), units.citation))
        }
        if let ceiling = subsidy.ceiling {
            all.append(
                element(
                    "subsidy.ceiling", LocalisedText(zh: "单笔补贴上限", en: "Ceiling of one transaction"),
                    ParameterList().adding("amount", ceiling.amount), ceiling.citation))
        }
        return all
    }
}

extension NamedTerm {
    func element(_ kind: String, _ section: String) -> Element {
        Element(kind: kind, path: "\(section).\(id)", title: title, parameters: [], appliesAt: [], concerns: [], citation: citation)
    }
}

extension Setting {
    var element: Element {
        Element(
            kind: "setting", path: "settings.\(id)", title: note, parameters: ParameterList().adding("value", value).all, appliesAt: [],
            concerns: ["operator"], citation: citation)
    }
}

extension Tier {
    var element: Element {
        Element(
            kind: "tier", path: "tiers.\(id)", title: title,
            parameters: ParameterList().adding("quota", quota).adding("lists", lists).adding("beneficiaries", beneficiaries).all,
            appliesAt: [],
            concerns: ["enterprise"], citation: citation)
    }
}

extension Cap {
    var element: Element {
        let parameters = ParameterList().adding("account", account.rawValue).adding("unit", unit.rawValue).adding("limit", limitText)
            .adding("year", year?.rawValue)
        return Element(
            kind: "cap", path: "caps.\(id)", title: title, parameters: parameters.all, appliesAt: reservedAt.map(\.description),
            concerns: concerns,
            citation: citation)
    }

    private var concerns: [String] {
        switch account {
        case .enterpriseYear: ["enterprise"]
        case .institutionYear: ["institution"]
        case .productStock, .batch, .programmeYear: ["enterprise", "institution"]
        }
    }

    private var limitText: String {
        switch limit {
        case .fixed(let number): unit == .fen ? Fen(number).description : "\(number)"
        case .tier: "the tier's quota"
        case .product: "as the product is listed"
        case .batch: "as the batch is announced"
        case .share(let share, let of): "\(share) of \(of)"
        }
    }
}

extension Allocation {
    var element: Element {
        let ranks = ranking.map { rank in
            switch rank {
            case .onList(let lists): "on " + lists.joined(separator: " or ")
            case .timeOfClaim: "time of claim"
            }
        }
        return Element(
            kind: "allocation", path: "allocation", title: LocalisedText(zh: "申领排序", en: "Ranking of claims"),
            parameters: ParameterList().adding("mode", mode.rawValue).adding("ranking", ranks).all, appliesAt: [], concerns: ["enterprise"],
            citation: citation)
    }
}

extension Payout {
    var element: Element {
        let parameters = ParameterList().adding("route", route.rawValue).adding("channel", channel).adding("people", people)
            .adding("refundReportWorkingDays", refundReportWorkingDays)
        return Element(
            kind: "payout", path: "payout", title: LocalisedText(zh: "资金拨付", en: "Payout"), parameters: parameters.all, appliesAt: [],
            concerns: ["institution"], citation: citation)
    }
}
