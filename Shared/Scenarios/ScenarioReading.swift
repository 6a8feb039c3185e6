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
}
