import Kernel

/// Windows and sanctions.
extension ProgrammeReading {
    func readWindows(_ file: Group) -> [Window] {
        file.each("windows", "a window", keys: Group.refusing + ["opens", "closes", "mayEndEarlier"]) { group in
            guard let id = group.id(.window), let opens = group.required("opens").flatMap(edge),
                let closes = group.required("closes").flatMap(edge)
            else { return nil }
            if case .on(let first) = opens, case .on(let last) = closes, first > last {
                group.item.fault("the window closes on \(last), before it opens on \(first)", "Put the earlier day under opens")
            }
            return Window(
                id: id, title: group.title(), opens: opens, closes: closes, mayEndEarlier: group.optional("mayEndEarlier")?.flag() ?? false,
                citation: group.citation(), wording: group.wording())
        }
    }

    private func edge(_ item: Item) -> Window.Edge? {
        if case .map = item.tree.content { return relativeEdge(item) }
        switch item.tree.scalar {
        case "programme": return .programme
        case "announced": return .announced(notPast: nil)
        default: return item.date().map { .on($0) }
        }
    }

    private func relativeEdge(_ item: Item) -> Window.Edge? {
        guard let group = Group(item, "the edge of a window", keys: ["afterWindow", "calendarDays", "announced", "notPast"]) else {
            return nil
        }
        let notPast = group.optional("notPast")?.date()
        if group.has("announced") { return .announced(notPast: notPast) }
        guard let window = group.required("afterWindow")?.reference(.window), let days = group.required("calendarDays"),
            let number = days.integer(0...3660, "calendarDays")
        else { return nil }
        return .after(window: window, calendarDays: Int(number), notPast: notPast)
    }

    func readSanctions(_ file: Group) -> [Sanction] {
        file.each("sanctions", "a sanction", keys: Group.cited + ["on", "by", "grounds", "consequences"]) { group in
            guard let id = group.id(.sanction), let by = group.required("by")?.reference(.role) else { return nil }
            let grounds = group.each("grounds", "a ground", keys: Group.cited) { ground in
                ground.required("id")?.name().map { NamedTerm(id: $0, title: ground.title(), citation: ground.citation(mayBeEmpty: true)) }
            }
            return Sanction(
                id: id, title: group.title(), on: group.optional("on")?.references(.role) ?? [], by: by, grounds: grounds,
                consequences: group.required("consequences")?.list().compactMap(consequence) ?? [], citation: group.citation())
        }
    }

    private static let consequences: [String: Sanction.Consequence] = [
        "end-trading": .endTrading, "recover-funds": .recoverFunds, "void-vouchers": .voidVouchers, "disqualify": .disqualify,
        "ban-for-ever": .banForEver, "revoke-title": .revokeTitle, "credit-record": .creditRecord, "referral": .referral,
    ]

    private func consequence(_ item: Item) -> Sanction.Consequence? {
        if case .map = item.tree.content {
            return Group(item, "a consequence", keys: ["banYears"])?.required("banYears")?.integer(1...100, "banYears")
                .map { .ban(years: Int($0)) }
        }
        guard let text = item.text() else { return nil }
        guard let consequence = Self.consequences[text] else {
            item.fault("there is no consequence \"\(text.prefix(40))\"", didYouMean(text, Self.consequences.keys.sorted() + ["banYears"]))
            return nil
        }
        return consequence
    }
}
