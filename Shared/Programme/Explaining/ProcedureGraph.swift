import Kernel

/// State diagrams of procedures. Each state is a node; each step and each deadline is one edge from every state that it leaves.
public enum ProcedureGraph {
    /// A Mermaid diagram, `stateDiagram-v2`. It has no dashed edges, so the label of a deadline begins with "deadline".
    public static func mermaid(of procedure: Procedure) -> String {
        func label(_ lines: [String]) -> String { lines.map(mermaidText).joined(separator: "<br/>") }
        var lines = ["---", "title: \(quoted(procedure.heading))", "---", "stateDiagram-v2"]
        lines.append("    state \"\(Procedure.start)\" as \(node(Procedure.start))")
        lines += procedure.states.map { "    state \"\(label($0.lines))\" as \(node($0.id))" }
        lines.append("    [*] --> \(node(Procedure.start))")
        lines += procedure.edges.map { "    \(node($0.from)) --> \(node($0.to)) : \(label($0.lines))" }
        lines += procedure.states.filter(\.isFinal).map { "    \(node($0.id)) --> [*]" }
        return lines.joined(separator: "\n")
    }

    /// A Graphviz `digraph`. A final state has a double border, and a deadline is a dashed edge.
    public static func dot(of procedure: Procedure) -> String {
        func label(_ lines: [String]) -> String { "label=\"\(lines.map(dotText).joined(separator: "\\n"))\"" }
        var lines = ["// \(escaped(procedure.heading) { _ in nil })", "digraph \(quoted(procedure.id)) {"]
        lines += ["    \(label([procedure.heading]));", "    labelloc=t;", "    node [shape=box, style=rounded];"]
        lines.append("    \(node(Procedure.start)) [\(label([Procedure.start])), shape=circle];")
        lines += procedure.states.map { "    \(node($0.id)) [\(label($0.lines))\($0.isFinal ? ", peripheries=2" : "")];" }
        lines += procedure.edges.map {
            "    \(node($0.from)) -> \(node($0.to)) [\(label($0.lines))\($0.isDeadline ? ", style=dashed" : "")];"
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    /// The names of states contain only letters, digits and hyphens. The prefix keeps them apart from the keywords of both formats.
    private static func node(_ state: String) -> String {
        "s_" + String(state.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static let mermaidPunctuation = Set(" ,.()/'-".unicodeScalars)

    /// Other ASCII punctuation becomes a numeric entity. Mermaid reads `direction LR` as a statement even within a label, so the space
    /// in it becomes one too.
    private static func mermaidText(_ text: String) -> String {
        let safe = escaped(text) { scalar in
            let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            return isPlain || mermaidPunctuation.contains(scalar) ? nil : "#\(scalar.value);"
        }
        return safe.replacing(/(?i)(direction)\s/) { match in "\(match.1)#32;" }
    }

    /// Graphviz reads HTML entities in labels, so `&` becomes one.
    private static func dotText(_ text: String) -> String { escaped(text) { $0 == "&" ? "&amp;" : backslashed($0) } }

    /// A quoted string of YAML and of Graphviz.
    private static func quoted(_ text: String) -> String { "\"\(escaped(text, backslashed))\"" }

    private static func backslashed(_ scalar: Unicode.Scalar) -> String? {
        scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : nil
    }

    private static let breaks: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]

    /// The text in one line, with the replacement of each scalar that has one. A quote with a combining mark is one `Character`, so
    /// characters must not be compared.
    private static func escaped(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let shown: Unicode.Scalar = breaks.contains(scalar.properties.generalCategory) ? " " : scalar
            result += replacement(shown) ?? String(shown)
        }
        return result
    }
}

private struct GraphEdge {
    let from: String
    let to: String
    let lines: [String]
    let isDeadline: Bool
}

extension Procedure {
    fileprivate var heading: String { "\(id): \(title.zh) / \(title.en), owner \(owner)" }

    fileprivate var edges: [GraphEdge] {
        let taken = steps.flatMap { step in
            step.from.map { GraphEdge(from: $0, to: step.to ?? $0, lines: step.lines, isDeadline: false) }
        }
        let lapsed = deadlines.flatMap { deadline in
            deadline.states.map { GraphEdge(from: $0, to: deadline.lapse.to, lines: deadline.lines, isDeadline: true) }
        }
        return taken + lapsed
    }
}

extension ProcedureState {
    fileprivate var lines: [String] { [id, "\(title.zh) / \(title.en)"] }
}

extension Step {
    fileprivate var lines: [String] {
        let roles = by.isEmpty ? "platform" : by.joined(separator: ", ")
        let needed = needs.map { "needs \($0.procedure) in \($0.states.joined(separator: " or "))" }
        return [id, "by \(roles)"] + needed + ledger.map { "ledger \($0.explanation)" } + [citation.clauses.joined(separator: ", ")]
    }
}

extension DeadlineRule {
    fileprivate var lines: [String] {
        ["deadline \(id)", span] + lapse.ledger.map { "ledger \($0.explanation)" } + [citation.clauses.joined(separator: ", ")]
    }

    private var span: String {
        if case .windowCloses = length { return length.explanation }
        return "\(length.explanation) from \(start.explanation)"
    }
}
