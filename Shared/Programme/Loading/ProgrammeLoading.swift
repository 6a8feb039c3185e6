import Kernel

/// A programme that was read, and what its reader should know.
public struct LoadedProgramme: Sendable {
    /// The programme.
    public let programme: Programme
    /// Warnings: clauses nobody holds, names nobody uses.
    public let warnings: [Fault]
}

extension Programme {
    /// Reads a programme's file.
    ///
    /// Throws `Faults` with everything that is wrong, each with file, line, column and how to mend it. Whatever the text is, the answer is one
    /// of the two: nothing in it stops the process, and its size, depth and number of values are bounded.
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

    /// The part of the book that this programme cites from, as its `registries` say.
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

/// The sections of a programme's file, one after another. What a section lacks is a fault; reading goes on with the next.
struct ProgrammeReading {
    let context: LoadContext

    static let keys = [
        "programme", "version", "zh", "en", "city", "timeZone", "effective", "registries", "settings", "roles", "beneficiaries", "lists",
        "qualifications",
        "tiers", "caps", "subsidy", "allocation", "domains", "categories", "forms", "documents", "paperRules", "eligibility", "admission",
        "checks", "procedures", "windows", "payout", "sanctions", "notHere",
    ]

    func programme(_ item: Item) -> Programme? {
        guard let file = Group(item, "a programme", keys: Self.keys) else { return nil }
        let settings = readSettings(file)
        let effective = readEffective(file)
        return Programme(
            id: file.required("programme")?.name() ?? "", version: Int(file.required("version")?.integer(1...9999, "version") ?? 1),
            title: file.title(), city: file.required("city")?.division() ?? "", timeZone: readTimeZone(file), effective: effective.days,
            registries: file.required("registries")?.names() ?? [], citation: effective.citation, settings: settings,
            roles: terms(file, "roles", .role), beneficiaries: terms(file, "beneficiaries", .beneficiary),
            lists: terms(file, "lists", .list),
            qualifications: terms(file, "qualifications", .qualification), tiers: readTiers(file), caps: readCaps(file),
            subsidy: readSubsidy(file), allocation: readAllocation(file), domains: terms(file, "domains", .domain),
            categories: readCategories(file), forms: readForms(file), documents: readDocuments(file), paperRules: readPaperRules(file),
            rules: readRules(file), procedures: readProcedures(file), windows: readWindows(file), payout: readPayout(file),
            sanctions: readSanctions(file), heldElsewhere: readHeldElsewhere(file))
    }

    /// Settings come first: every other section may refer to them.
    private func readSettings(_ file: Group) -> [Setting] {
        file.each("settings", "a setting", keys: ["id", "value", "zh", "en", "clauses", "reading"]) { group in
            guard let id = group.id(.setting), let value = group.required("value"), let text = value.text() else { return nil }
            context.settings[id] = value.tree
            return Setting(id: id, value: text, note: group.title(), citation: group.citation(mayBeEmpty: group.has("reading")))
        }
    }

    /// Days and deadlines are computed in one zone; a file may say so, and may say nothing else.
    private func readTimeZone(_ file: Group) -> String {
        let only = "Asia/Shanghai"
        if let item = file.optional("timeZone"), let text = item.text(), text != only {
            item.fault("the time zone is \"\(text.prefix(40))\", and all days are reckoned in \(only)", "Write `timeZone: \(only)`")
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
            item.fault("the programme would end on \(through), before it begins on \(from)", "Put the earlier day under from")
            return nothing
        }
        return (from...through, citation)
    }

    /// Names with their titles, and clauses where there are any.
    func terms(_ group: Group, _ key: String, _ kind: NameKind) -> [NamedTerm] {
        group.each(key, "a \(kind.rawValue)", keys: Group.cited) { term($0, kind) }
    }

    func term(_ group: Group, _ kind: NameKind) -> NamedTerm? {
        group.id(kind).map { NamedTerm(id: $0, title: group.title(), citation: group.citation(mayBeEmpty: true)) }
    }

    private func readHeldElsewhere(_ file: Group) -> [HeldElsewhere] {
        file.each("notHere", "an entry of notHere", keys: ["clauses", "owner", "reason"]) { group in
            HeldElsewhere(
                clauses: group.required("clauses")?.list().compactMap { $0.clause() } ?? [], owner: group.required("owner")?.text() ?? "",
                reason: group.required("reason")?.text() ?? "", place: group.place)
        }
    }
}
