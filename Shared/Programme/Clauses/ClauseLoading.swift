import Kernel

/// The text of a file, and its name for faults.
public struct SourceText: Sendable, Hashable, Codable {
    /// The file's name.
    public let name: String
    /// The text.
    public let text: String

    /// A file's text.
    public init(name: String, text: String) { (self.name, self.text) = (name, text) }
}

extension ClauseBook {
    /// The prefix of the interpretations' ids.
    private static let interpretationPrefix = "IN"

    /// Loads clause files and, if given, the interpretations. Throws `Faults` with all their faults.
    public static func load(_ registries: [SourceText], interpretations: SourceText? = nil) throws(Faults) -> ClauseBook {
        var faults: [Fault] = []
        var books: [ClauseRegistry] = []
        for source in registries {
            let log = FaultLog(file: source.name)
            if let book = registry(source, log) {
                if books.contains(where: { $0.id == book.id }) {
                    log.error(.start, "another clause file has the registry \(book.id)", "Give each document a prefix of its own")
                }
                books.append(book)
            }
            faults += log.sorted
        }
        var readings: [Interpretation] = []
        if let interpretations {
            let log = FaultLog(file: interpretations.name)
            readings = self.interpretations(interpretations, log)
            faults += log.sorted
        }
        guard !faults.contains(where: { $0.severity == .error }) else { throw Faults(all: faults) }
        return ClauseBook(registries: books, interpretations: readings)
    }

    private static func registry(_ source: SourceText, _ log: FaultLog) -> ClauseRegistry? {
        let context = LoadContext(log: log, book: ClauseBook(registries: [], interpretations: []))
        guard let tree = parseYAML(source.text, into: log),
            let file = Group(Item(tree, context), "a clause file", keys: ["registry", "zh", "en", "clauses"]),
            let prefix = file.required("registry"), let id = prefix.name()
        else { return nil }
        if [platform.id, interpretationPrefix].contains(id) {
            prefix.fault(
                "the prefix \(id) is not for documents: ids of the platform's own rules begin with \(platform.id), of interpretations "
                    + "with \(interpretationPrefix)",
                "Choose another prefix, such as two letters for the city and two digits for the year")
        }
        var seen: Set<String> = []
        let clauses = file.each("clauses", "a clause", keys: ["id", "at", "owner", "kind", "rule"]) { group -> Clause? in
            guard let item = group.required("id"), let clause = item.name() else { return nil }
            if !clause.hasPrefix(id + "-") { item.fault("the clause \(clause) is in the registry \(id)", "Begin its id with \(id)-") }
            if !seen.insert(clause).inserted { item.fault("the clause \(clause) occurs twice here", "An id is given once and never again") }
            return Clause(
                id: clause, at: group.required("at")?.text() ?? "", owner: group.required("owner")?.choice("owner of a clause"),
                kind: group.required("kind")?.choice("kind of clause"), rule: group.required("rule")?.text() ?? "")
        }
        return ClauseRegistry(id: id, title: file.title(), clauses: clauses)
    }

    private static func interpretations(_ source: SourceText, _ log: FaultLog) -> [Interpretation] {
        let context = LoadContext(log: log, book: ClauseBook(registries: [], interpretations: []))
        guard let tree = parseYAML(source.text, into: log),
            let file = Group(Item(tree, context), "a file of interpretations", keys: ["interpretations"])
        else { return [] }
        var seen: Set<String> = []
        return file.each("interpretations", "an interpretation", keys: ["id", "for", "reading", "reason"]) { group -> Interpretation? in
            guard let item = group.required("id"), let id = item.name() else { return nil }
            if !id.hasPrefix(interpretationPrefix + "-") {
                item.fault("\(id) is not the id of an interpretation", "Begin its id with \(interpretationPrefix)-")
            }
            if !seen.insert(id).inserted { item.fault("the interpretation \(id) occurs twice here", "An id is given once and never again") }
            let documents = group.optional("for")
            if let documents, case .list(let names) = documents.tree.content, names.isEmpty {
                documents.fault("the interpretation \(id) is for no document", "Name its documents, or remove `for:` if it is for all")
            }
            return Interpretation(
                id: id, registries: documents?.names() ?? [], reading: group.required("reading")?.text() ?? "",
                reason: group.optional("reason")?.text() ?? "")
        }
    }
}
