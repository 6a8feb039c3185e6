import Kernel

/// A loaded programme with warnings.
public struct LoadedProgramme: Sendable {
    /// The programme.
    public let programme: Programme
    /// Warnings: unimplemented clauses and unused names.
    public let warnings: [Fault]
}

extension Programme {
    /// Loads a programme's file.
    ///
    /// Throws `Faults` with all faults, each with file, line, column and remedy. No input crashes
    /// the process: size, depth and number of values are bounded.
    public static func load(_ source: SourceText, book: ClauseBook) throws(Faults) -> LoadedProgramme {
        let log = FaultLog(file: source.name)
        guard let tree = parseYAML(source.text, into: log) else { throw Faults(all: log.sorted) }
        let narrowed = narrow(book, tree, log)
        let context = LoadContext(log: log, book: narrowed)
        let programme = ProgrammeReading(context: context).programme(Item(tree, context))
        if programme != nil { context.checkNames() }
        guard let programme, !log.hasErrors else { throw Faults(all: log.sorted) }
        programme.checkConsistency(log)
        guard !log.hasErrors else { throw Faults(all: log.sorted) }
        context.warnOfUnusedNames()
        programme.warnOfIdleParts(log)
        programme.warnOfClauses(narrowed, log)
        return LoadedProgramme(programme: programme, warnings: log.sorted)
    }

    /// The part of the book named by this programme's `registries`.
    private static func narrow(_ book: ClauseBook, _ tree: YAMLTree, _ log: FaultLog) -> ClauseBook {
        let context = LoadContext(log: log, book: book)
        guard let entry = tree.entry("registries") else { return book.only([]) }
        let wanted = Item(entry.value, context).list().compactMap { item -> String? in
            guard let name = item.name() else { return nil }
            if book.registries[name] == nil {
                item.fault("there is no clause file \"\(name)\"", didYouMean(name, book.registries.keys.sorted()))
            }
            return name
        }
        return book.only(wanted)
    }
}

/// Loads the sections of a programme's file. A fault in one section does not stop the others.
struct ProgrammeReading {
    let context: LoadContext

    static let keys = [
        "programme", "version", "amends", "zh", "en", "city", "timeZone", "effective", "registries", "settings", "roles", "beneficiaries",
        "lists",
        "qualifications",
        "tiers", "caps", "subsidy", "allocation", "domains", "categories", "forms", "documents", "paperRules", "eligibility", "admission",
        "checks", "collected", "procedures", "windows", "payout", "sanctions", "notHere", "notBuilt",
    ]

    func programme(_ item: Item) -> Programme? {
        guard let file = Group(item, "a programme", keys: Self.keys) else { return nil }
        let settings = readSettings(file)
        let effective = readEffective(file)
        return Programme(
            id: file.required("programme")?.name() ?? "", version: Int(file.required("version")?.integer(1...9999, "version") ?? 1),
            title: file.title(), city: file.required("city")?.division() ?? "", timeZone: readTimeZone(file), effective: effective.days,
            registries: file.required("registries")?.names() ?? [], amends: readAmendment(file), citation: effective.citation,
            settings: settings,
            roles: file.each("roles", "a role", keys: Group.cited + ["sees", "within"]) { term($0, .role) }, roleSights: readSights(file),
            roleDivisions: readDivisions(file),
            beneficiaries: terms(file, "beneficiaries", .beneficiary),
            lists: terms(file, "lists", .list),
            qualifications: terms(file, "qualifications", .qualification), tiers: readTiers(file), caps: readCaps(file),
            subsidy: readSubsidy(file), allocation: readAllocation(file), domains: terms(file, "domains", .domain),
            categories: readCategories(file), forms: readForms(file), documents: readDocuments(file), paperRules: readPaperRules(file),
            rules: readRules(file), collected: readCollected(file), procedures: readProcedures(file), windows: readWindows(file),
            payout: readPayout(file),
            sanctions: readSanctions(file), heldElsewhere: readHeldElsewhere(file, "notHere"),
            notBuilt: readHeldElsewhere(file, "notBuilt"))
    }

    /// Settings are loaded first, because every other section may refer to them.
    private func readSettings(_ file: Group) -> [Setting] {
        file.each("settings", "a setting", keys: ["id", "value", "zh", "en", "clauses", "reading"]) { group in
            guard let id = group.id(.setting), let value = group.required("value"), let text = value.text() else { return nil }
            context.settings[id] = value.tree
            return Setting(id: id, value: text, note: group.title(), citation: group.citation(mayBeEmpty: group.has("reading")))
        }
    }

    /// All days and deadlines are in one time zone; a file may state only this one.
    private func readTimeZone(_ file: Group) -> String {
        let only = "Asia/Shanghai"
        if let item = file.optional("timeZone"), let text = item.text(), text != only {
            item.fault("the time zone is \"\(text.prefix(40))\"; only \(only) is supported", "Write `timeZone: \(only)`")
        }
        return only
    }

    private func readEffective(_ file: Group) -> (days: ClosedRange<CalendarDate>, citation: Citation) {
        let nothing = (CalendarDate.first...CalendarDate.first, Citation([]))
        guard let item = file.required("effective"),
            let group = Group(item, "the effective dates", keys: ["from", "through", "clauses", "reading"])
        else { return nothing }
        let citation = group.citation(mayBeEmpty: true)
        guard let from = group.required("from")?.date(), let through = group.required("through")?.date() else { return nothing }
        guard from <= through else {
            item.fault("the programme ends on \(through), before it begins on \(from)", "Put the earlier day under from")
            return nothing
        }
        return (from...through, citation)
    }

    /// Names with titles and optional clauses.
    func terms(_ group: Group, _ key: String, _ kind: NameKind) -> [NamedTerm] {
        group.each(key, "a \(kind.rawValue)", keys: Group.cited) { term($0, kind) }
    }

    /// `amends: {from: 2026-07-01, running: {order: keep, redemption: follow}, rename: {order.placed: waiting}}`
    private func readAmendment(_ file: Group) -> Amendment? {
        guard let item = file.optional("amends"), let group = Group(item, "an amendment", keys: ["from", "running", "rename"]),
            let from = group.required("from")?.date()
        else { return nil }
        var amendment = Amendment(from: from)
        if let running = group.optional("running"), case .map(let entries) = running.tree.content {
            for entry in entries {
                context.names.use(.procedure, entry.key, entry.keyPlace)
                amendment.running[entry.key] = Item(entry.value, context).choice("way to treat running cases")
            }
        }
        if let renamed = group.optional("rename"), case .map(let entries) = renamed.tree.content {
            for entry in entries {
                guard let old = StepReference(entry.key), let new = Item(entry.value, context).name() else {
                    renamed.fault("\"\(entry.key.prefix(40))\" names no state", "Write `rename: {order.placed: waiting}`")
                    continue
                }
                context.names.use(.state, "\(old.procedure).\(new)", entry.keyPlace)
                amendment.renamed[old] = new
            }
        }
        return amendment
    }

    /// `{id: district, within: enterprise.registeredDivision}`
    private func readDivisions(_ file: Group) -> [String: FieldName] {
        var divisions: [String: FieldName] = [:]
        for item in file.optional("roles")?.list() ?? [] {
            guard let name = item.tree.entry("id")?.value.scalar, let within = item.tree.entry("within") else { continue }
            divisions[name] = Item(within.value, context).field([.text])
        }
        return divisions
    }

    private func readSights(_ file: Group) -> [String: RoleSight] {
        var sights: [String: RoleSight] = [:]
        for item in file.optional("roles")?.list() ?? [] {
            guard let name = item.tree.entry("id")?.value.scalar, let sees = item.tree.entry("sees") else { continue }
            sights[name] = Item(sees.value, context).choice("range of cases that a role sees")
        }
        return sights
    }

    func term(_ group: Group, _ kind: NameKind) -> NamedTerm? {
        group.id(kind).map { NamedTerm(id: $0, title: group.title(), citation: group.citation(mayBeEmpty: true)) }
    }

    private func readHeldElsewhere(_ file: Group, _ key: String) -> [HeldElsewhere] {
        file.each(key, "an entry of \(key)", keys: ["clauses", "owner", "reason"]) { group in
            HeldElsewhere(
                clauses: group.required("clauses")?.list().compactMap { $0.clause() } ?? [], owner: group.required("owner")?.text() ?? "",
                reason: group.required("reason")?.text() ?? "", place: group.place)
        }
    }
}
