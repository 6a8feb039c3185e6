import Kernel

/// Procedures with their states, steps and deadlines.
extension ProgrammeReading {
    func readProcedures(_ file: Group) -> [Procedure] {
        _ = file.required("procedures")
        return file.each("procedures", "a procedure", keys: Group.titled + Self.procedureKeys) { group in
            guard let id = group.id(.procedure) else { return nil }
            context.procedure = id
            defer { context.procedure = nil }
            let states = readStates(group)
            context.names.giveState(of: id)
            return Procedure(
                id: id, title: group.title(), owner: group.required("owner")?.name() ?? "", of: group.optional("of")?.reference(.procedure),
                isPublic: group.optional("public")?.flag() ?? false,
                mostPerParent: group.optional("atMost")?.integer(1...1000, "atMost").map { Int($0) },
                refers: group.optional("refers")?.references(.procedure) ?? [], keeps: keeps(group, of: id),
                amount: group.optional("amount")?.field([.amount]), states: states, steps: readSteps(group), deadlines: readDeadlines(group)
            )
        }
    }

    private static let procedureKeys = ["owner", "of", "public", "atMost", "refers", "keeps", "amount", "states", "steps", "deadlines"]

    /// The fields that a case copies at its start: `keeps: {guideHigh: product.guideHigh}` keeps order.guideHigh.
    private func keeps(_ procedure: Group, of id: String) -> [FieldName: FieldName] {
        guard let item = procedure.optional("keeps"), case .map(let entries) = item.tree.content else { return [:] }
        var kept: [FieldName: FieldName] = [:]
        for entry in entries {
            guard let source = Item(entry.value, context).field(Set(FieldType.allCases)) else { continue }
            let own = FieldName(id, entry.key)
            context.names.give(kept: own, source)
            kept[own] = source
        }
        return kept
    }

    private func readStates(_ procedure: Group) -> [ProcedureState] {
        procedure.each("states", "a state", keys: Group.titled + ["final"]) { group in
            guard let item = group.required("id"), let id = item.name() else { return nil }
            if id == Procedure.start { item.fault("no state is called start: it is before the first step", "Give it another name") }
            give(.state, id, item)
            return ProcedureState(id: id, title: group.title(), isFinal: group.optional("final")?.flag() ?? false, place: group.place)
        }
    }

    /// States, steps and deadlines are local to their procedure: two procedures may both have a state `returned`.
    private func give(_ kind: NameKind, _ name: String, _ item: Item) {
        guard !context.names.give(kind, scoped(name), item.place) else { return }
        item.fault("this procedure has another \(kind.rawValue) \(name)", "Give each its own id")
    }

    private func scoped(_ name: String) -> String { "\(context.procedure ?? "").\(name)" }

    private func state(_ item: Item, mayBeStart: Bool = false) -> String? {
        guard let name = item.name() else { return nil }
        if mayBeStart, name == Procedure.start { return name }
        context.names.use(.state, scoped(name), item.place)
        return name
    }

    private func readSteps(_ procedure: Group) -> [Step] {
        let keys =
            Group.cited + [
                "command", "by", "from", "to", "window", "needs", "ledger", "publishes", "needsReason", "notBySameAs", "cause", "otherwise",
                "also", "uses", "each",
            ]
        return procedure.each("steps", "a step", keys: keys) { group in
            guard let item = group.required("id"), let id = item.name() else { return nil }
            give(.step, id, item)
            let cause = cause(group)
            let by = (cause == nil ? group.required("by") : group.optional("by"))?.references(.role) ?? []
            return Step(
                id: id, title: group.title(), command: group.optional("command")?.name() ?? "\(context.procedure ?? "")-\(id)", by: by,
                from: group.required("from")?.list().compactMap { state($0, mayBeStart: true) } ?? [],
                to: group.optional("to").flatMap { state($0) }, window: group.optional("window")?.reference(.window), needs: needs(group),
                ledger: group.optional("ledger").map(ledger) ?? [],
                each: group.optional("each").flatMap(groupWork),
                uses: group.optional("uses")?.list().compactMap { $0.choice("capability") } ?? [],
                publishes: group.optional("publishes")?.list().compactMap { $0.field(Set(FieldType.allCases))?.description } ?? [],
                needsReason: group.optional("needsReason")?.flag() ?? false, notBySameAs: group.optional("notBySameAs").flatMap(sibling),
                cause: cause, otherwise: group.optional("otherwise").flatMap(sibling),
                also: group.optional("also")?.list().compactMap { $0.step() } ?? [],
                citation: group.citation())
        }
    }

    private func sibling(_ item: Item) -> String? {
        guard let name = item.name() else { return nil }
        context.names.use(.step, scoped(name), item.place)
        return name
    }

    /// The one cause of a platform step.
    private func cause(_ step: Group) -> StepCause? {
        let keys = ["needs", "answer", "after", "also", "each"]
        guard let item = step.optional("cause"), let group = Group(item, "a cause", keys: keys) else { return nil }
        let given = keys.filter(group.has)
        guard given.count == 1, let value = group.optional(given[0]) else {
            item.fault(
                "a cause has \(given.isEmpty ? "no key" : given.joined(separator: " and "))", "Write one of \(keys.joined(separator: ", "))"
            )
            return nil
        }
        switch given[0] {
        case "needs": return .needs(needs(group), windows: windowNeeds(group))
        case "answer": return value.text().map { .answer($0) }
        case "after": return sibling(value).map { .after($0) }
        case "each": return value.step().map { .each($0) }
        // A link may come from a step or from a lapse.
        default: return value.stepOrDeadline().map { .also($0) }
        }
    }

    private func needs(_ step: Group) -> [ProcedureNeed] {
        let tenses = ["states", "is", "reached"]
        return step.each("needs", "a need", keys: ["procedure", "since", "every", "none", "least", "window", "open", "closed"] + tenses) {
            group in
            if group.has("window") { return nil }
            guard let procedure = group.required("procedure")?.reference(.procedure) else { return nil }
            var (inner, quantity) = (group, ProcedureNeed.Quantity.one)
            if let every = group.optional("every").flatMap({ Group($0, "a need", keys: tenses) }) {
                (inner, quantity) = (every, .every(least: Int(group.optional("least")?.integer(1...1000, "least") ?? 1)))
            } else if let none = group.optional("none").flatMap({ Group($0, "a need", keys: tenses) }) {
                (inner, quantity) = (none, .none)
            }
            let given = tenses.filter(inner.has)
            guard given.count == 1, let list = inner.optional(given[0]) else {
                inner.item.fault(
                    given.isEmpty ? "a need has no states" : "a need has \(given.joined(separator: " and "))",
                    "Write `is:` or `reached:` with the states")
                return nil
            }
            let states = list.list().compactMap { item -> String? in
                guard let name = item.name() else { return nil }
                // A procedure that has not begun is at `start`, which is not a declared state.
                if name != Procedure.start { context.names.use(.state, "\(procedure).\(name)", item.place) }
                return name
            }
            let since = group.optional("since").flatMap(sibling)
            return ProcedureNeed(
                procedure: procedure, states: states, tense: given[0] == "reached" ? .reached(since: since) : .present, quantity: quantity)
        }
    }

    /// `each: {of: claim, in: [waiting], rank: [{lists: [srdi]}, received], take: allocate, refusedBy: {batch: {take: pass-over, rest: pass-over}}}`
    private func groupWork(_ item: Item) -> GroupWork? {
        guard let group = Group(item, "the work of a group", keys: ["of", "in", "rank", "take", "refusedBy"]),
            let of = group.required("of")?.reference(.procedure), let take = group.required("take").flatMap({ member($0, of) })
        else { return nil }
        var refusals: [GroupWork.Refusal] = []
        if let item = group.optional("refusedBy"), case .map(let entries) = item.tree.content {
            for entry in entries {
                context.names.use(.cap, entry.key, entry.keyPlace)
                let value = Item(entry.value, context)
                if value.tree.scalar != nil {
                    if let step = member(value, of) { refusals.append(GroupWork.Refusal(cap: entry.key, take: step, rest: nil)) }
                } else if let inner = Group(value, "what follows a refusal", keys: ["take", "rest"]),
                    let step = inner.required("take").flatMap({ member($0, of) })
                {
                    refusals.append(
                        GroupWork.Refusal(cap: entry.key, take: step, rest: inner.optional("rest").flatMap { member($0, of) }))
                }
            }
        }
        let states = group.required("in")?.names() ?? []
        for name in states { context.names.use(.state, "\(of).\(name)", group.place) }
        return GroupWork(
            of: of, states: states, rank: group.optional("rank")?.list().compactMap(rank) ?? [], take: take, refusedBy: refusals)
    }

    /// A step of the members' procedure.
    private func member(_ item: Item, _ procedure: String) -> String? {
        guard let name = item.name() else { return nil }
        context.names.use(.step, "\(procedure).\(name)", item.place)
        return name
    }

    private func rank(_ item: Item) -> GroupWork.Rank? {
        if item.tree.scalar == "received" { return .received }
        guard let group = Group(item, "a rank", keys: ["lists", "draw"]) else { return nil }
        if let lists = group.optional("lists") { return .lists(lists.references(.list)) }
        return group.required("draw")?.field([.text]).map { .draw(seed: $0) }
    }

    /// The windows among the needs of a cause.
    private func windowNeeds(_ cause: Group) -> [WindowNeed] {
        (cause.optional("needs")?.list() ?? []).compactMap { item in
            guard item.tree.entry("window") != nil, let group = Group(item, "a need of a window", keys: ["window", "open", "closed"]),
                let window = group.required("window")?.reference(.window)
            else { return nil }
            guard group.has("open") != group.has("closed") else {
                item.fault("a need of a window says whether it is open or closed", "Write `open: true` or `closed: true`")
                return nil
            }
            return WindowNeed(window: window, isOpen: group.optional("open")?.flag() ?? false)
        }
    }

    /// `release` alone is an effect on all reservations.
    private func ledger(_ item: Item) -> [LedgerEffect] {
        item.list().compactMap { item in
            if item.tree.scalar != nil {
                if item.tree.scalar == "nothing" { return nil }
                let kind: LedgerEffect.Kind? = item.choice("effect on the ledger")
                return kind.map { LedgerEffect($0) }
            }
            guard let group = Group(item, "an effect on the ledger", keys: ["effect", "caps", "amount"]),
                let kind: LedgerEffect.Kind = group.required("effect")?.choice("effect on the ledger")
            else { return nil }
            return LedgerEffect(
                kind, caps: group.optional("caps")?.references(.cap) ?? [], amount: group.optional("amount")?.field([.amount]))
        }
    }

    private func readDeadlines(_ procedure: Group) -> [DeadlineRule] {
        let keys =
            Group.refusing + [
                "states", "hours", "calendarDays", "workingDays", "untilWindowCloses", "after", "afterWindow",
                "notPast", "lapse", "reminders", "months", "years", "yearly", "daysOfField", "most", "afterField", "whileAway",
                "holdsWhile",
            ]
        return procedure.each("deadlines", "a deadline", keys: keys) { group in
            guard let item = group.required("id"), let id = item.name() else { return nil }
            give(.deadline, id, item)
            let lapse = lapse(group)
            guard let length = length(group), let start = start(group, length), let lapse else { return nil }
            return DeadlineRule(
                id: id, title: group.title(), states: group.required("states")?.list().compactMap { state($0) } ?? [], length: length,
                start: start, notPast: group.optional("notPast")?.date(),
                whileAway: group.optional("whileAway").flatMap { $0.choice("way to treat days elsewhere") },
                holdsWhile: holds(group),
                lapse: lapse, reminders: reminders(group), citation: group.citation(), wording: group.wording())
        }
    }

    private func length(_ group: Group) -> DeadlineRule.Length? {
        let keys = ["hours", "calendarDays", "workingDays", "untilWindowCloses", "months", "years", "yearly", "daysOfField"]
        let given = keys.filter(group.has)
        guard given.count == 1, let item = group.optional(given[0]) else {
            group.item.fault(
                given.isEmpty ? "a deadline has no length" : "a deadline has \(given.joined(separator: " and "))",
                "Write one of \(keys.joined(separator: ", "))")
            return nil
        }
        switch given[0] {
        case "hours": return item.integer(1...87840, "hours").map { .hours(Int($0)) }
        case "calendarDays": return item.integer(1...3660, "calendarDays").map { .calendarDays(Int($0)) }
        case "workingDays": return item.integer(1...2500, "workingDays").map { .workingDays(Int($0)) }
        case "months": return item.integer(1...120, "months").map { .months(Int($0)) }
        case "years": return item.integer(1...100, "years").map { .months(Int($0) * 12) }
        case "yearly": return yearly(item)
        case "daysOfField":
            guard let field = item.field([.count]), let most = group.required("most")?.integer(1...3660, "most") else { return nil }
            return .field(field, most: Int(most))
        default: return item.reference(.window).map { .windowCloses($0) }
        }
    }

    /// A month and a day, 12-31.
    private func yearly(_ item: Item) -> DeadlineRule.Length? {
        guard let text = item.text() else { return nil }
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2, (try? CalendarDate(year: 2024, month: parts[0], day: parts[1])) != nil else {
            item.fault("\"\(text.prefix(20))\" is no month and day", "Write it as 12-31")
            return nil
        }
        return .yearly(month: parts[0], day: parts[1])
    }

    /// `holdsWhile: [{procedure: objection, is: [open]}]`
    private func holds(_ deadline: Group) -> [DeadlineRule.Hold] {
        deadline.each("holdsWhile", "a hold", keys: ["procedure", "is"]) { group in
            guard let procedure = group.required("procedure")?.reference(.procedure), let states = group.required("is")?.names() else {
                return nil
            }
            for name in states { context.names.use(.state, "\(procedure).\(name)", group.place) }
            return DeadlineRule.Hold(procedure: procedure, states: states)
        }
    }

    private func start(_ group: Group, _ length: DeadlineRule.Length) -> DeadlineRule.Start? {
        if case .windowCloses(let window) = length { return .windowCloses(window) }
        if let field = group.optional("afterField") { return field.field([.date]).map { .field($0) } }
        if let window = group.optional("afterWindow") { return window.reference(.window).map { .windowCloses($0) } }
        return group.required("after").flatMap(sibling).map { .step($0) }
    }

    private func lapse(_ deadline: Group) -> DeadlineRule.Lapse? {
        guard let item = deadline.optional("lapse") else {
            deadline.item.fault("a deadline has no lapse", "Write `lapse: {to: state, ledger: release}`")
            return nil
        }
        guard let group = Group(item, "a lapse", keys: ["to", "ledger", "also"]), let to = group.required("to").flatMap({ state($0) })
        else {
            return nil
        }
        let effects = group.required("ledger").map(ledger) ?? []
        return DeadlineRule.Lapse(to: to, ledger: effects, also: group.optional("also")?.list().compactMap { $0.step() } ?? [])
    }

    private func reminders(_ deadline: Group) -> [DeadlineRule.Reminder] {
        deadline.each("reminders", "a reminder", keys: ["to", "calendarDaysBefore"]) { group in
            guard let days = group.required("calendarDaysBefore")?.integer(1...366, "calendarDaysBefore") else { return nil }
            return DeadlineRule.Reminder(to: group.required("to")?.references(.role) ?? [], calendarDaysBefore: Int(days))
        }
    }
}
