import Kernel

/// Everything that a rule can cite: the clauses of the documents, the interpretations, and the platform's own rules.
public struct ClauseBook: Sendable {
    /// The documents' clauses, by the prefix of their ids.
    public let registries: [String: ClauseRegistry]
    /// The interpretations, by id.
    public let interpretations: [String: Interpretation]
    private let clauses: [String: Clause]

    init(registries: [ClauseRegistry], interpretations: [Interpretation]) {
        self.registries = Dictionary(registries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.interpretations = Dictionary(interpretations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let all = (registries + [Self.platform]).flatMap(\.clauses)
        clauses = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The clause with that id, including the platform's own.
    public func clause(_ id: String) -> Clause? { clauses[id] }

    /// Every id that can be cited as a clause, in order.
    public var clauseIDs: [String] { clauses.keys.sorted() }

    /// The book restricted to those registries and their interpretations.
    func only(_ wanted: [String]) -> ClauseBook {
        ClauseBook(
            registries: wanted.compactMap { registries[$0] },
            interpretations: interpretations.values.filter { $0.registries.isEmpty || $0.registries.contains(where: wanted.contains) })
    }

    /// The platform's own rules, QUAN-nn, as clauses.
    public static let platform = ClauseRegistry(
        id: "QUAN", title: LocalisedText(zh: "平台自身规则", en: "The platform's own rules"),
        clauses: PlatformRule.allCases.map {
            Clause(id: $0.id, at: "Kernel", owner: nil, kind: nil, rule: $0.text.message.en)
        })
}
