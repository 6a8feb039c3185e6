import Kernel

extension Rule {
    var element: Element {
        let parameters = ParameterList().adding("kind", condition.kind.rawValue).adding("asks", condition.explanation).adding(
            "when", when?.explanation
        )
        .adding("categories", categories).adding("beneficiaries", beneficiaries).adding("effect", effect == .prefer ? "prefer" : nil)
        .adding("excusableBy", excusableBy)
        return Element(
            kind: "rule", path: "rules.\(id)", title: title, parameters: parameters.all, appliesAt: steps.map(\.description),
            concerns: concerns, citation: citation)
    }

    private var concerns: [String] {
        let records = Set(condition.fields.map(\.record))
        let both = ["enterprise", "institution"]
        let named = both.filter(records.contains)
        return named.isEmpty ? both : named
    }
}

extension Procedure {
    var elements: [Element] { steps.map { element($0) } + deadlines.map { element($0) } }

    private func element(_ step: Step) -> Element {
        let parameters = ParameterList().adding("command", step.command).adding("by", step.by).adding("from", step.from).adding(
            "to", step.to
        )
        .adding("window", step.window).adding("needs", step.needs.map { "\($0.procedure) in \($0.states.joined(separator: " or "))" })
        .adding("uses", step.uses.map(\.rawValue)).adding("ledger", step.ledger.map(\.explanation)).adding("publishes", step.publishes)
        .adding("needsReason", flag: step.needsReason)
        .adding("notBySameAs", step.notBySameAs)
        return Element(
            kind: "step", path: "procedures.\(id).\(step.id)", title: step.title, parameters: parameters.all,
            appliesAt: ["\(id).\(step.id)"], concerns: step.by, citation: step.citation)
    }

    private func element(_ deadline: DeadlineRule) -> Element {
        let parameters = ParameterList().adding("states", deadline.states).adding("length", deadline.length.explanation)
            .adding("from", deadline.start.explanation)
            .adding("whileAway", deadline.whileAway == .pauses ? "pauses" : nil)
            .adding("holdsWhile", deadline.holdsWhile.map { "\($0.procedure) in \($0.states.joined(separator: " or "))" })
            .adding("notPast", deadline.notPast).adding("lapse", deadline.lapse.to).adding(
                "ledger", deadline.lapse.ledger.map(\.explanation)
            )
            .adding("reminders", deadline.reminders.map { "\($0.to.joined(separator: ", ")) \($0.calendarDaysBefore) days before" })
        let leaving = steps.filter { $0.from.contains(where: deadline.states.contains) }
        return Element(
            kind: "deadline", path: "procedures.\(id).\(deadline.id)", title: deadline.title, parameters: parameters.all,
            appliesAt: deadline.states.map { "\(id) in \($0)" }, concerns: Set(leaving.flatMap(\.by)).sorted(), citation: deadline.citation)
    }
}

extension LedgerEffect {
    var explanation: String { caps.isEmpty ? kind.rawValue : "\(kind.rawValue) on \(caps.joined(separator: ", "))" }
}

extension DeadlineRule.Length {
    var explanation: String {
        switch self {
        case .hours(let hours): "\(hours) hours"
        case .calendarDays(let days): "\(days) calendar days"
        case .workingDays(let days): "\(days) working days"
        case .windowCloses(let window): "until the window \(window) closes"
        case .months(let months): "\(months) months"
        case .field(let field, let most): "as many calendar days as \(field) says, at most \(most)"
        case .yearly(let month, let day): "until the next \(month)-\(day)"
        }
    }
}

extension DeadlineRule.Start {
    var explanation: String {
        switch self {
        case .step(let step): "the step \(step)"
        case .windowCloses(let window): "the close of the window \(window)"
        case .field(let field): "the day \(field)"
        }
    }
}

extension Window {
    var element: Element {
        let parameters = ParameterList().adding("opens", opens.explanation).adding("closes", closes.explanation).adding(
            "mayEndEarlier", flag: mayEndEarlier)
        return Element(
            kind: "window", path: "windows.\(id)", title: title, parameters: parameters.all, appliesAt: [],
            concerns: ["enterprise", "institution"], citation: citation)
    }
}

extension Window.Edge {
    var explanation: String {
        func latest(_ day: CalendarDate?) -> String { day.map { ", at the latest \($0)" } ?? "" }
        return switch self {
        case .on(let day): day.description
        case .announced(let notPast): "as announced" + latest(notPast)
        case .after(let window, let days, let notPast): "\(days) calendar days after the window \(window)" + latest(notPast)
        case .programme: "with the programme"
        }
    }
}

extension Sanction {
    var elements: [Element] {
        let own = Element(
            kind: "sanction", path: "sanctions.\(id)", title: title,
            parameters: ParameterList().adding("by", by).adding("grounds", grounds.map(\.id)).adding(
                "consequences", consequences.map(\.explanation)
            ).all,
            appliesAt: [], concerns: on.isEmpty ? ["enterprise", "institution"] : on, citation: citation)
        return [own] + grounds.map { $0.element("ground", "sanctions.\(id)") }
    }
}

extension Sanction.Consequence {
    var explanation: String {
        switch self {
        case .endTrading: "trading ends"
        case .recoverFunds: "funds are recovered"
        case .voidVouchers: "vouchers are void"
        case .disqualify: "disqualified"
        case .ban(let years): "banned \(years) years"
        case .banForEver: "banned for ever"
        case .revokeTitle: "title revoked"
        case .creditRecord: "credit record"
        case .referral: "referral"
        }
    }
}
