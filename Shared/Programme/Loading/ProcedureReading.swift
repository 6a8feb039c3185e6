import Kernel

/// Procedures with their states, steps and deadlines.
extension ProgrammeReading {
    func readProcedures(_ file: Group) -> [Procedure] {
        _ = file.required("procedures")
        return file.each("procedures", "a procedure", keys: Group.titled + ["owner", "of", "states", "steps", "deadlines"]) { group in
            guard let id = group.id(.procedure) else { return nil }
            context.procedure = id
            defer { context.procedure = nil }
            let states = readStates(group)
            return Procedure(
                id: id, title: group.title(), owner: group.required("owner")?.name() ?? "", of: group.optional("of")?.reference(.procedure),
                states: states, steps: readSteps(group), deadlines: readDeadlines(group))
        }
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
                "also",
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
        let keys = ["needs", "answer", "after", "also"]
        guard let item = step.optional("cause"), let group = Group(item, "a cause", keys: keys) else { return nil }
        let given = keys.filter(group.has)
        guard given.count == 1, let value = group.optional(given[0]) else {
            item.fault(
                "a cause has \(given.isEmpty ? "no key" : given.joined(separator: " and "))", "Write one of \(keys.joined(separator: ", "))"
            )
            return nil
        }
        switch given[0] {
        case "needs": return .needs(needs(group))
        case "answer": return value.text().map { .answer($0) }
        case "after": return sibling(value).map { .after($0) }
        default: return value.step().map { .also($0) }
        }
    }

    private func needs(_ step: Group) -> [ProcedureNeed] {
        let tenses = ["states", "is", "reached"]
        return step.each("needs", "a need", keys: ["procedure", "since", "every", "none", "least"] + tenses) { group in
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

    /// `release` alone is an effect on all reservations.
    private func ledger(_ item: Item) -> [LedgerEffect] {
        item.list().compactMap { item in
            if item.tree.scalar != nil {
                if item.tree.scalar == "nothing" { return nil }
                let kind: LedgerEffect.Kind? = item.choice("effect on the ledger")
                return kind.map { LedgerEffect($0) }
            }
            guard let group = Group(item, "an effect on the ledger", keys: ["effect", "caps"]),
                let kind: LedgerEffect.Kind = group.required("effect")?.choice("effect on the ledger")
            else { return nil }
            return LedgerEffect(kind, caps: group.required("caps")?.references(.cap) ?? [])
        }
    }

    private func readDeadlines(_ procedure: Group) -> [DeadlineRule] {
        let keys =
            Group.refusing + [
                "states", "hours", "calendarDays", "workingDays", "untilWindowCloses", "after", "afterWindow", "mostCalendarDaysForProduct",
                "notPast", "lapse", "reminders",
            ]
        return procedure.each("deadlines", "a deadline", keys: keys) { group in
            guard let item = group.required("id"), let id = item.name() else { return nil }
            give(.deadline, id, item)
            let lapse = lapse(group)
            guard let length = length(group), let start = start(group, length), let lapse else { return nil }
            return DeadlineRule(
                id: id, title: group.title(), states: group.required("states")?.list().compactMap { state($0) } ?? [], length: length,
                start: start, mostForProduct: group.days("mostCalendarDaysForProduct"), notPast: group.optional("notPast")?.date(),
                lapse: lapse, reminders: reminders(group), citation: group.citation(), wording: group.wording())
        }
    }

    private func length(_ group: Group) -> DeadlineRule.Length? {
        let given = ["hours", "calendarDays", "workingDays", "untilWindowCloses"].filter(group.has)
        guard given.count == 1, let item = group.optional(given[0]) else {
            group.item.fault(
                given.isEmpty ? "a deadline has no length" : "a deadline has \(given.joined(separator: " and "))",
                "Write one of hours, calendarDays, workingDays, untilWindowCloses")
            return nil
        }
        switch given[0] {
        case "hours": return item.integer(1...87840, "hours").map { .hours(Int($0)) }
        case "calendarDays": return item.integer(1...3660, "calendarDays").map { .calendarDays(Int($0)) }
        case "workingDays": return item.integer(1...2500, "workingDays").map { .workingDays(Int($0)) }
        default: return item.reference(.window).map { .windowCloses($0) }
        }
    }

    private func start(_ group: Group, _ length: DeadlineRule.Length) -> DeadlineRule.Start? {
        if case .windowCloses(let window) = length { return .windowCloses(window) }
        if let window = group.optional("afterWindow") { return window.reference(.window).map { .windowCloses($0) } }
        return group.required("after").flatMap(sibling).map { .step($0) }
    }

    private func lapse(_ deadline: Group) -> DeadlineRule.Lapse? {
        guard let item = deadline.optional("lapse") else {
            deadline.item.fault("a deadline has no lapse", "Write `lapse: {to: state, ledger: release}`")
            return nil
        }
        guard let group = Group(item, "a lapse", keys: ["to", "ledger"]), let to = group.required("to").flatMap({ state($0) }) else {
            return nil
        }
        let effects = group.required("ledger").map(ledger) ?? []
        return DeadlineRule.Lapse(to: to, ledger: effects)
    }

    private func reminders(_ deadline: Group) -> [DeadlineRule.Reminder] {
        deadline.each("reminders", "a reminder", keys: ["to", "calendarDaysBefore"]) { group in
            guard let days = group.required("calendarDaysBefore")?.integer(1...366, "calendarDaysBefore") else { return nil }
            return DeadlineRule.Reminder(to: group.required("to")?.references(.role) ?? [], calendarDaysBefore: Int(days))
        }
    }
}
