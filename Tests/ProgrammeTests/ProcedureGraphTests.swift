import Foundation
import Kernel
import Programme
import Testing

@Suite("State diagrams of procedures")
struct ProcedureGraphTests {
    @Test("every state, step and deadline of beijing-2026 is drawn once for each state that it leaves, and nothing else")
    func complete() throws {
        for procedure in try Files.beijing2026().programme.procedures {
            let steps = procedure.steps.flatMap { step in step.from.map { [$0, step.to ?? $0, step.id, ""] } }
            let deadlines = procedure.deadlines.flatMap { deadline in
                deadline.states.map { [$0, deadline.lapse.to, "deadline \(deadline.id)", "dashed"] }
            }
            let expected = (steps + deadlines).map { [Self.node($0[0]), Self.node($0[1]), $0[2], $0[3]].joined(separator: "|") }.sorted()
            let states = (["start"] + procedure.states.map(\.id)).map { "\($0)|\(Self.node($0))" }.sorted()
            let finals = procedure.states.filter(\.isFinal).map { Self.node($0.id) }.sorted()

            let mermaid = Self.lines(ProcedureGraph.mermaid(of: procedure))
            #expect(mermaid.compactMap(Self.mermaidEdge).sorted() == expected)
            #expect(mermaid.compactMap(Self.mermaidState).sorted() == states)
            #expect(mermaid.compactMap(Self.mermaidFinal).sorted() == finals)
            #expect(mermaid.filter { $0.hasPrefix("    [*]") } == ["    [*] --> s_start"])
            // Four lines of title and heading, and the initial edge.
            #expect(mermaid.count == 5 + expected.count + states.count + finals.count)

            let dot = Self.lines(ProcedureGraph.dot(of: procedure))
            #expect(dot.compactMap(Self.dotEdge).sorted() == expected)
            #expect(dot.compactMap(Self.dotState).sorted() == states)
            #expect(dot.count { $0.hasSuffix(", peripheries=2];") } == finals.count)
            // The comment, the opening and closing lines, and three lines of attributes.
            #expect(dot.count == 6 + expected.count + states.count)
        }
    }

    @Test("the lines show titles, roles, needs, ledger effects, lengths and clauses")
    func labels() throws {
        let order = try #require(try Files.beijing2026().programme.procedure("order"))
        let mermaid = Self.lines(ProcedureGraph.mermaid(of: order))
        #expect(mermaid.count { $0.contains(" --> s_") } == 28)
        #expect(mermaid.prefix(2) == ["---", "title: \"order: 用券订单 / Order with a voucher, owner ordering\""])
        for line in [
            "state \"checking<br/>信用核查中 / Credit being checked\" as s_checking",
            "s_start --> s_checking : place<br/>by enterprise<br/>needs registration in entitled<br/>ledger reserve<br/>BJ26-28, BJ26-25",
            "s_checking --> s_placed : confirm-credit<br/>by platform<br/>BJ26-27",
            "s_rated --> s_rated : confirm-contract<br/>by enterprise<br/>ledger restate<br/>BJ26-62, BJ26-36",
            "s_placed --> s_expired : deadline decision<br/>5 working days from the step place<br/>ledger release<br/>BJ26-30",
            "s_accepted --> s_lapsed : deadline contract<br/>until the window redemption closes<br/>ledger release<br/>BJ26-38, BJ26-40",
        ] {
            #expect(mermaid.contains("    " + line), "\(line)")
        }
        let dot = Self.lines(ProcedureGraph.dot(of: order))
        #expect(dot.prefix(2) == ["// order: 用券订单 / Order with a voucher, owner ordering", "digraph \"order\" {"])
        for line in [
            #"label="order: 用券订单 / Order with a voucher, owner ordering";"#,
            #"s_rated [label="rated\n已评价 / Rated", peripheries=2];"#,
            #"s_placed -> s_accepted [label="accept\nby institution\nBJ26-30"];"#,
            #"s_placed -> s_expired [label="deadline decision\n5 working days from the step place\nledger release\nBJ26-30", style=dashed];"#,
        ] {
            #expect(dot.contains("    " + line), "\(line)")
        }
    }

    @Test("a step without roles is the platform's, and each need and each ledger effect is a part of the label")
    func parts() throws {
        var order = try #require(try Files.beijing2026().programme.procedure("order"))
        order.steps[0].by = []
        order.steps[0].needs.append(ProcedureNeed(procedure: "payout", states: ["due", "paid"]))
        order.steps[0].ledger = [LedgerEffect(.release, caps: ["product-stock"]), LedgerEffect(.postWhole)]
        let label = [
            "place", "by platform", "needs registration in entitled", "needs payout in due or paid", "ledger release on product-stock",
            "ledger post-and-forfeit-rest", "BJ26-28, BJ26-25",
        ].joined(separator: "<br/>")
        #expect(Self.lines(ProcedureGraph.mermaid(of: order)).contains("    s_start --> s_checking : \(label)"))
    }

    @Test(
        "each line of every programme's diagrams is well-formed",
        arguments: ["beijing-2024", "beijing-2026", "guangzhou-2020", "hangzhou-2026"])
    func wellFormed(_ id: String) throws {
        let programme = try id == "beijing-2026" ? Files.beijing2026().programme : Files.sample(id).programme
        for procedure in programme.procedures { try Self.check(procedure) }
    }

    @Test("the example in the authors' guide is part of the order's diagram")
    func guide() throws {
        let guide = try Files.text(Files.root.appending(path: "docs/programmes.md")).text
        let example = try #require(guide.firstMatch(of: #/(?s)```mermaid\n(.*?)\n```/#)?.1)
        let order = try #require(try Files.beijing2026().programme.procedure("order"))
        let diagram = Self.lines(ProcedureGraph.mermaid(of: order))
        #expect(Self.lines(String(example)).filter { !diagram.contains($0) } == [])
    }

    @Test("titles with quotes, colons, arrows, braces and line breaks stay text")
    func hostileTitles() throws {
        let title = LocalisedText(
            zh: "引号“甲”和\"乙\"：\n第二行", en: "A \"b\": c --> d;\r\n{e} %% #1 \\ & <f> Direction LR \"\u{301}\u{2028}")
        var procedure = try #require(try Files.beijing2026().programme.procedure("order"))
        procedure.title = title
        procedure.states[0].title = title
        try Self.check(procedure)
        let chinese = "引号“甲”和#34;乙#34;： 第二行"
        let english = "A #34;b#34;#58; c --#62; d#59;  #123;e#125; #37;#37; #35;1 #92; #38; #60;f#62; Direction#32;LR #34;\u{301} "
        #expect(
            Self.lines(ProcedureGraph.mermaid(of: procedure)).contains(
                "    state \"checking<br/>\(chinese) / \(english)\" as s_checking"))
        let dot = "引号“甲”和\\\"乙\\\"： 第二行 / A \\\"b\\\": c --> d;  {e} %% #1 \\\\ &amp; <f> Direction LR \\\"\u{301} "
        #expect(Self.lines(ProcedureGraph.dot(of: procedure)).contains("    s_checking [label=\"checking\\n\(dot)\"];"))
    }
}

extension ProcedureGraphTests {
    private static func lines(_ text: String) -> [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    private static func node(_ state: String) -> String { "s_" + state.replacing("-", with: "_") }

    private static func mermaidEdge(_ line: String) -> String? {
        guard let match = line.wholeMatch(of: #/    (s_[a-z_]+) --> (s_[a-z_]+) : ([a-z -]+)<br/>.*/#) else { return nil }
        return "\(match.1)|\(match.2)|\(match.3)|\(match.3.hasPrefix("deadline ") ? "dashed" : "")"
    }

    private static func mermaidState(_ line: String) -> String? {
        line.wholeMatch(of: #/    state "([a-z-]+)(?:<br/>.*)?" as (s_[a-z_]+)/#).map { "\($0.1)|\($0.2)" }
    }

    private static func mermaidFinal(_ line: String) -> String? {
        line.wholeMatch(of: #/    (s_[a-z_]+) --> \[\*\]/#).map { String($0.1) }
    }

    private static func dotEdge(_ line: String) -> String? {
        let shape = #/    (s_[a-z_]+) -> (s_[a-z_]+) \[label="([a-z -]+)\\n.*"(, style=dashed)?\];/#
        guard let match = line.wholeMatch(of: shape) else { return nil }
        return "\(match.1)|\(match.2)|\(match.3)|\(match.4 == nil ? "" : "dashed")"
    }

    private static func dotState(_ line: String) -> String? {
        line.wholeMatch(of: #/    (s_[a-z_]+) \[label="([a-z-]+)(?:\\n.*)?"(?:, [a-z]+=[a-z0-9]+)?\];/#).map { "\($0.2)|\($0.1)" }
    }

    /// Compares every line with the grammar of its format: node names of letters, digits and underscores, closed quotes and brackets.
    private static func check(_ procedure: Procedure) throws {
        let (node, string) = ("[A-Za-z0-9_]+", #""(?:[^"\\]|\\["\\n])*""#)
        let text = #"(?:[^":;#%<>{}\\]|#[0-9]+;|<br/>)+"#
        let mermaid = lines(ProcedureGraph.mermaid(of: procedure))
        try #require(mermaid.count > 4)
        #expect([mermaid[0], mermaid[2], mermaid[3]] == ["---", "---", "stateDiagram-v2"])
        let statements = [
            #"    state "\#(text)" as \#(node)"#, #"    \[\*\] --> \#(node)"#, #"    \#(node) --> \[\*\]"#,
            #"    \#(node) --> \#(node) : \#(text)"#,
        ]
        #expect(try lines(mermaid[1...1], unlike: ["title: " + string]) == [])
        #expect(try lines(mermaid[4...], unlike: statements) == [])
        #expect(!mermaid[4...].contains { $0.lowercased().contains("direction ") })

        let dot = lines(ProcedureGraph.dot(of: procedure))
        try #require(dot.count > 2)
        #expect(dot[0].hasPrefix("// ") && dot.last == "}")
        let parts = [
            "    label=\(string);", "    labelloc=t;", #"    node \[shape=box, style=rounded\];"#,
            #"    \#(node)(?: -> \#(node))? \[label=\#(string)(?:, [a-z]+=[a-z0-9]+)?\];"#,
        ]
        #expect(try lines(dot[1...1], unlike: ["digraph \(string) \\{"]) == [])
        #expect(try lines(dot[2..<dot.count - 1], unlike: parts) == [])
    }

    /// Scalars are compared, because a quote with a combining mark is one `Character`.
    private static func lines(_ lines: ArraySlice<String>, unlike patterns: [String]) throws -> [String] {
        let shapes: [Regex<AnyRegexOutput>] = try patterns.map { try Regex($0).matchingSemantics(.unicodeScalar) }
        return lines.filter { line in !shapes.contains { line.wholeMatch(of: $0) != nil } }
    }
}
