import Kernel

/// A map of keys being loaded. An unknown key is a fault.
struct Group {
    let item: Item
    let what: String
    private let entries: [String: YAMLTree]

    /// A group; nil if the value is not a map. `what` names it in faults: "a cap".
    init?(_ item: Item, _ what: String, keys: [String]) {
        guard case .map(let entries) = item.tree.content else {
            item.fault("\(what) with its keys is expected here, not \(item.tree.kindName)", "It may have: \(keys.joined(separator: ", "))")
            return nil
        }
        for entry in entries where !keys.contains(entry.key) {
            // In braces a comma ends an unquoted text, and the rest looks like a key.
            let isTorn = entry.key.contains(" ") && nearest(to: entry.key, in: keys) == nil
            item.context.log.error(
                entry.keyPlace, "\(what) has no key \"\(entry.key.prefix(40))\"",
                isTorn ? "Put the text before it in quotes: it has a comma" : didYouMean(String(entry.key.prefix(64)), keys))
        }
        self.item = item
        self.what = what
        self.entries = Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    var context: LoadContext { item.context }
    var place: SourcePlace { item.place }

    func has(_ key: String) -> Bool { entries[key] != nil }

    func optional(_ key: String) -> Item? { entries[key].map { Item($0, context) } }

    func required(_ key: String) -> Item? {
        guard let item = optional(key) else {
            self.item.fault("\(what) has no \(key)", "Write `\(key):` with its value")
            return nil
        }
        return item
    }

    /// The elements of a list of groups; empty if the key is missing.
    func each<Element>(_ key: String, _ what: String, keys: [String], _ make: (Group) -> Element?) -> [Element] {
        guard let item = optional(key) else { return [] }
        return item.list().compactMap { Group($0, what, keys: keys).flatMap(make) }
    }

    /// The name under `id`, which is recorded; a duplicate is a fault.
    func id(_ kind: NameKind) -> String? {
        guard let item = required("id"), let name = item.name() else { return nil }
        guard context.names.give(kind, name, item.place) else {
            item.fault("another \(kind.rawValue) has the id \(name)", "Give each its own")
            return nil
        }
        return name
    }

    /// The titles under `zh` and `en`.
    func title() -> LocalisedText {
        LocalisedText(zh: required("zh")?.text() ?? "", en: required("en")?.text() ?? "")
    }

    /// The clauses and interpretations. At least one clause, unless `mayBeEmpty`.
    func citation(mayBeEmpty: Bool = false) -> Citation {
        let clauses = optional("clauses")?.list() ?? []
        if clauses.isEmpty, !mayBeEmpty {
            item.fault("\(what) cites no clause", "Write `clauses: [BJ26-03]` with the clause it comes from")
        }
        let readings = optional("reading")?.list() ?? []
        return Citation(clauses.compactMap { $0.clause() }, readings: readings.compactMap { $0.interpretation() }, place: place)
    }

    /// The wording of its refusal, if the file has one.
    func wording() -> Wording {
        guard let refusal = optional("refusal"),
            let group = Group(refusal, "a refusal", keys: ["slug", "zh", "en", "remedyZh", "remedyEn"])
        else { return Wording() }
        let hasMessage = group.has("zh") || group.has("en")
        let hasRemedy = group.has("remedyZh") || group.has("remedyEn")
        return Wording(
            slug: group.optional("slug")?.name(), message: hasMessage ? group.title() : nil,
            remedy: hasRemedy
                ? LocalisedText(zh: group.required("remedyZh")?.text() ?? "", en: group.required("remedyEn")?.text() ?? "") : nil)
    }

    static let titled = ["id", "zh", "en"]
    static let cited = ["id", "zh", "en", "clauses", "reading"]
    static let refusing = ["id", "zh", "en", "clauses", "reading", "refusal"]
}

extension Item {
    /// A clause id of the programme's registries.
    func clause() -> String? {
        guard let text = text() else { return nil }
        guard context.book.clause(text) != nil else {
            fault("no registry of this programme has the clause \"\(text.prefix(40))\"", didYouMean(text, context.book.clauseIDs))
            return nil
        }
        return text
    }

    /// An id of an interpretation for this programme's documents.
    func interpretation() -> String? {
        guard let text = text() else { return nil }
        guard context.book.interpretations[text] != nil else {
            fault("there is no interpretation \"\(text.prefix(40))\"", didYouMean(text, context.book.interpretations.keys.sorted()))
            return nil
        }
        return text
    }
}
