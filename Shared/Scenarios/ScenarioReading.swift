public import Foundation
import Kernel
public import Programme
import Yams

/// The scenarios of a programme, as a folder has them: `cast.yaml` with people, organisations, fixtures and inputs, and files of scenarios.
public struct ScenarioBook: Sendable {
    /// The scenarios in the order of files and entries.
    public let scenarios: [Scenario]

    /// These scenarios.
    public init(scenarios: [Scenario]) { self.scenarios = scenarios }

    /// Reads the files of a folder. Throws the first `ScenarioFault`.
    public static func read(folder: URL, programme: Programme, only files: [String] = []) throws -> ScenarioBook {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }.sorted()
        guard names.contains("cast.yaml") else {
            throw ScenarioFault(place: ScenarioPlace(file: "cast.yaml", line: 1), text: "\(folder.path) has no cast.yaml")
        }
        var reading = ScenarioReading(programme: programme)
        try reading.readCast(try entry(folder, "cast.yaml"))
        var scenarios: [Scenario] = []
        for name in names where name != "cast.yaml" && (files.isEmpty || files.contains(name)) {
            for item in try entry(folder, name).items { scenarios.append(try reading.scenario(item)) }
        }
        return ScenarioBook(scenarios: scenarios)
    }

    private static func entry(_ folder: URL, _ name: String) throws -> Entry {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        do {
            guard let node = try Yams.compose(yaml: text, .basic) else {
                throw ScenarioFault(place: ScenarioPlace(file: name, line: 1), text: "the file is empty")
            }
            return Entry(node: node, file: name)
        } catch let error as YamlError {
            throw ScenarioFault(place: ScenarioPlace(file: name, line: 1), text: "\(error)")
        }
    }
}

/// Reads scenario files of one programme.
struct ScenarioReading {
    let programme: Programme
    private var cast = ScenarioCast()
    private var start: Date?
    private var fixtures: [String: [ScenarioEvent]] = [:]
    private var inputs: [String: ScenarioInput] = [:]

    init(programme: Programme) { self.programme = programme }

    mutating func readCast(_ file: Entry) throws(ScenarioFault) {
        try file.allow(["start", "organisations", "people", "inputs", "fixtures"])
        start = try file.required("start").instant()
        for (name, entry) in try file.required("organisations").pairs() {
            try entry.allow(["role", "register"])
            var register = Facts()
            for (field, value) in try facts(entry["register"]) {
                guard case .fact(let fact) = value else { throw entry.fault("a register holds written values only") }
                register[field] = fact
            }
            cast.organisations[name] = (try entry.required("role").text(), register)
        }
        for (name, entry) in try file.required("people").pairs() {
            try entry.allow(["roles", "of", "division"])
            let roles = try entry.required("roles").texts()
            for role in roles where !programme.roles.contains(where: { $0.id == role }) {
                throw entry.fault("the programme has no role \(role)")
            }
            cast.people[name] = ScenarioCast.Person(
                roles: Set(roles), organisation: try entry["of"]?.text(), division: try entry["division"]?.text())
        }
        if let entries = file["inputs"] {
            for (name, entry) in try entries.pairs() { inputs[name] = try input(entry, at: nil) }
        }
        if let entries = file["fixtures"] {
            for (name, entry) in try entries.pairs() { fixtures[name] = try events(entry) }
        }
    }

    func scenario(_ entry: Entry) throws(ScenarioFault) -> Scenario {
        try entry.allow(["scenario", "clauses", "start", "given", "when", "then", "shows"])
        guard let start = try entry["start"]?.instant() ?? start else { throw entry.fault("`start:` is missing here and in cast.yaml") }
        var checks: [ScenarioCheck] = []
        for item in (entry["then"]?.items ?? []) + (entry["shows"]?.items ?? []) { checks.append(try check(item)) }
        return Scenario(
            name: try entry.required("scenario").text(), clauses: try entry.required("clauses").texts(), start: start,
            given: try entry["given"].map { (given) throws(ScenarioFault) in try events(given) } ?? [],
            when: try events(try entry.required("when")), then: checks, cast: cast, place: entry.place)
    }

    /// Events; a text is the name of a fixture.
    private func events(_ list: Entry) throws(ScenarioFault) -> [ScenarioEvent] {
        var events: [ScenarioEvent] = []
        for item in list.items {
            if item.node.scalar != nil {
                let name = try item.text()
                guard let fixture = fixtures[name] else { throw item.fault("there is no fixture \(name) above this line") }
                events += fixture
            } else {
                events.append(try event(item))
            }
        }
        return events
    }

    private static let takeKeys = [
        "at", "take", "by", "case", "of", "input", "fields", "papers", "without", "refers", "parties", "reason", "judgements", "excuses",
        "seen", "to", "refused",
    ]

    private func event(_ entry: Entry) throws(ScenarioFault) -> ScenarioEvent {
        let at = try entry["at"]?.instant()
        func make(_ kind: ScenarioEvent.Kind) throws(ScenarioFault) -> ScenarioEvent {
            ScenarioEvent(kind: kind, at: at, expected: try expected(entry), place: entry.place)
        }
        if let take = entry["take"] {
            try entry.allow(Self.takeKeys)
            let text = try take.text()
            guard let step = StepReference(text), programme.step(step) != nil else { throw take.fault("the programme has no step \(text)") }
            let person = try entry.required("by").text()
            guard cast.people[person] != nil else { throw entry.fault("the cast has no person \(person)") }
            return try make(
                .take(
                    step, by: person, on: try entry.required("case").text(), of: try entry["of"]?.text(), input: try input(entry, at: step))
            )
        }
        if let answer = entry["answer"] {
            try entry.allow(["at", "answer", "case", "fields", "to", "refused"])
            return try make(
                .answer(try answer.text(), to: try entry.required("case").text(), fields: Dictionary(try facts(entry["fields"])) { $1 }))
        }
        if let announce = entry["announce"] {
            try entry.allow(["at", "announce", "opens", "closes", "refused"])
            let window = try announce.text()
            guard programme.window(window) != nil else { throw announce.fault("the programme has no window \(window)") }
            return try make(.announce(window: window, opens: try entry["opens"]?.date(), closes: try entry["closes"]?.date()))
        }
        if let register = entry["register"] {
            try entry.allow(["at", "register", "fields"])
            let name = try register.text()
            guard let organisation = cast.organisations[name] else { throw register.fault("the cast has no organisation \(name)") }
            return try make(
                .register(organisation: name, role: organisation.role, fields: Dictionary(try facts(entry["fields"])) { $1 }))
        }
        if let check = entry["check"] { return try make(.check(try self.check(check))) }
        try entry.allow(["at"])
        guard at != nil else { throw entry.fault("an event has one of take, answer, announce, register, check, or an instant `at:`") }
        return try make(.wait)
    }

    private func expected(_ entry: Entry) throws(ScenarioFault) -> ScenarioEvent.Expected {
        guard let refused = entry["refused"] else { return .success(state: try entry["to"]?.text()) }
        if refused.node.mapping != nil {
            try refused.allow(["by", "clauses"])
            return .refusal(slugs: try refused["by"]?.texts() ?? [], clauses: try refused["clauses"]?.texts() ?? [])
        }
        return .refusal(slugs: try refused.texts(), clauses: [])
    }

    private func input(_ entry: Entry, at step: StepReference?) throws(ScenarioFault) -> ScenarioInput {
        var input = ScenarioInput()
        if let base = entry["input"] {
            let name = try base.text()
            guard let known = inputs[name] else { throw base.fault("there is no input \(name) above this line") }
            input = known
        }
        // A paper that is written here replaces the papers of its kind in the input; several written here stay.
        let inherited = Set(input.papers.map(\.document))
        var replaced: Set<String> = []
        for item in entry["papers"]?.items ?? [] {
            let paper = try paper(item)
            if inherited.contains(paper.document), replaced.insert(paper.document).inserted {
                input.papers.removeAll { $0.document == paper.document }
            }
            input.papers.append(paper)
        }
        for (field, value) in try facts(entry["fields"]) {
            // A field of a paper that is handed in belongs to the paper.
            if let index = input.papers.firstIndex(where: { $0.document == field.record }),
                programme.document(field.record)?.fields.contains(where: { $0.id == field.field }) == true
            {
                input.papers[index].fields[field.field] = value
            } else {
                input.fields[field] = value
            }
        }
        input.without.formUnion(try entry["without"]?.texts() ?? [])
        for (key, value) in try entry["refers"]?.pairs() ?? [] { input.refers[key] = try value.text() }
        for (key, value) in try entry["parties"]?.pairs() ?? [] { input.parties[key] = try value.text() }
        if let reason = entry["reason"] { input.reason = try reason.text() }
        for (key, value) in try entry["judgements"]?.pairs() ?? [] { input.judgements[key] = try value.flag() }
        for (key, value) in try entry["excuses"]?.pairs() ?? [] { input.excuses[key] = try value.text() }
        input.versionSeen = try entry["seen"]?.integer()
        return input
    }

    private func paper(_ entry: Entry) throws(ScenarioFault) -> ScenarioPaper {
        func known(_ name: String) throws(ScenarioFault) -> String {
            guard programme.document(name) != nil else { throw entry.fault("the programme has no document \(name)") }
            return name
        }
        if entry.node.scalar != nil { return ScenarioPaper(document: try known(try entry.text())) }
        try entry.allow(["document", "file", "kind", "bytes", "sealed", "own", "folder", "fields"])
        var paper = ScenarioPaper(document: try known(try entry.required("document").text()))
        paper.file = try entry["file"]?.text()
        if let kind = entry["kind"] { paper.kind = try kind.text() }
        if let bytes = entry["bytes"] { paper.bytes = try bytes.integer() }
        if let sealed = entry["sealed"] { paper.isSealed = try sealed.flag() }
        if let own = entry["own"] { paper.isOwn = try own.flag() }
        paper.folder = try entry["folder"]?.text()
        for (key, value) in try entry["fields"]?.pairs() ?? [] {
            paper.fields[key] = try self.value(value, of: FieldName(paper.document, key))
        }
        return paper
    }

    /// The fields of a map, `{order.voucher: 3000.00}`.
    private func facts(_ entry: Entry?) throws(ScenarioFault) -> [(FieldName, ScenarioValue)] {
        var facts: [(FieldName, ScenarioValue)] = []
        for (key, value) in try entry?.pairs() ?? [] {
            guard let field = FieldName(key) else { throw value.fault("\"\(key)\" is no field; write it as contract.total") }
            facts.append((field, try self.value(value, of: field)))
        }
        return facts
    }

    private func value(_ entry: Entry, of field: FieldName) throws(ScenarioFault) -> ScenarioValue {
        if let text = entry.node.scalar?.string {
            if text == "today" { return .today }
            let words = text.split(separator: " ")
            if words.count == 4, words[0] == "value", words[1] == "of", let other = FieldName(String(words[3])) {
                return .field(other, of: String(words[2]))
            }
        }
        guard let type = programme.type(of: field) else { throw entry.fault("the programme has no field \(field)") }
        return .fact(try fact(entry, type))
    }

    private func fact(_ entry: Entry, _ type: FieldType) throws(ScenarioFault) -> FactValue {
        switch type {
        case .text: return .text(try text(entry))
        case .names: return .names(Set(entry.node.sequence?.isEmpty == true ? [] : try entry.texts()))
        case .count, .rows, .files: return .count(try entry.integer())
        case .amount: return .amount(Fen(try fen(entry)))
        case .date: return .date(try entry.date())
        case .flag: return .flag(try entry.flag())
        case .records:
            var records: [DatedRecord] = []
            for item in entry.node.sequence?.isEmpty == true ? [] : entry.items {
                try item.allow(["kind", "on"])
                records.append(DatedRecord(kind: try item.required("kind").text(), on: try item.required("on").date()))
            }
            return .records(records)
        }
    }

    /// A text; `{text: 情况, characters: 2000}` repeats a text up to a length.
    private func text(_ entry: Entry) throws(ScenarioFault) -> String {
        guard entry.node.mapping != nil else { return try entry.text() }
        try entry.allow(["text", "characters"])
        let (text, length) = (try entry.required("text").text(), try entry.required("characters").integer())
        guard !text.isEmpty, (0...100_000).contains(length) else { throw entry.fault("a length is 0 to 100,000 characters") }
        return String(String(repeating: text, count: Int(length) / text.count + 1).prefix(Int(length)))
    }

    private func fen(_ entry: Entry) throws(ScenarioFault) -> Int64 {
        switch Arithmetic.fen(try entry.text()) {
        case .success(let fen): return fen
        case .failure(let mistake): throw entry.fault(mistake.text)
        }
    }

    private func check(_ entry: Entry) throws(ScenarioFault) -> ScenarioCheck {
        func make(_ kind: ScenarioCheck.Kind) -> ScenarioCheck { ScenarioCheck(kind: kind, place: entry.place) }
        if let cap = entry["cap"] {
            let name = try cap.text()
            let sides = LedgerSide.allCases.map(\.rawValue)
            try entry.allow(["cap", "of"] + sides)
            guard let known = programme.cap(name) else { throw cap.fault("the programme has no cap \(name)") }
            var amounts: [(LedgerSide, Int64)] = []
            for side in LedgerSide.allCases {
                guard let value = entry[side.rawValue] else { continue }
                amounts.append((side, known.unit == .fen ? try fen(value) : try value.integer()))
            }
            return make(.cap(name, of: try entry["of"]?.text(), amounts: amounts))
        }
        if let reminded = entry["reminded"] {
            try entry.allow(["reminded", "case", "deadline", "at"])
            return make(
                .reminded(
                    try entry.required("case").text(), deadline: try entry.required("deadline").text(),
                    to: reminded.node.sequence?.isEmpty == true ? [] : try reminded.texts(), at: try entry["at"]?.instant()))
        }
        if let reader = entry["reader"] {
            try entry.allow(["reader", "case", "visible", "steps"])
            return make(
                .shows(
                    reader: try reader.text(), of: try entry.required("case").text(), isVisible: try entry["visible"]?.flag() ?? true,
                    steps: try entry["steps"].map { (list) throws(ScenarioFault) in
                        list.node.sequence?.isEmpty == true ? [] : try list.texts()
                    }))
        }
        if let rule = entry["prefers"] {
            try entry.allow(["prefers", "met"])
            return make(.prefers(rule: try rule.text(), isMet: try entry.required("met").flag()))
        }
        if let procedure = entry["count"] {
            try entry.allow(["count", "is"])
            return make(.count(procedure: try procedure.text(), Int(try entry.required("is").integer())))
        }
        if let published = entry["published"] { return make(.published(try facts(published))) }
        if let because = entry["because"] {
            try entry.allow(["case", "because"])
            return make(.because(try entry.required("case").text(), slugs: try because.texts()))
        }
        try entry.allow(["case", "state", "fields", "unknown", "due"])
        var fields: [(FieldName, ScenarioValue?)] = try facts(entry["fields"]).map { ($0.0, $0.1) }
        for name in try entry["unknown"]?.texts() ?? [] {
            guard let field = FieldName(name) else { throw entry.fault("\"\(name)\" is no field") }
            fields.append((field, nil))
        }
        var due: [(String, Date?)] = []
        for (deadline, value) in try entry["due"]?.pairs() ?? [] {
            due.append((deadline, try value.text() == "never" ? nil : try value.instant()))
        }
        return make(.subject(try entry.required("case").text(), state: try entry["state"]?.text(), fields: fields, due: due))
    }
}
