import Foundation
import Kernel
import Programme
import Testing

@Suite("Explain, diff, lint")
struct ExplainingTests {
    @Test("explain shows the clause, the rules that cite it, where they apply, and their interpretations")
    func explain() throws {
        let programme = try Files.beijing2026().programme
        let text = programme.explain("BJ26-30", book: try Files.book())
        for part in [
            "四(二)3", "5 working days", "procedures.order.decision", "procedures.order.accept", "order in checking", "release", "IN-01",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(programme.explain("IN-05", book: try Files.book()).contains("caps.enterprise-year"))
        #expect(programme.explain("QUAN-08", book: try Files.book()).contains("caps.programme-budget"))
        #expect(programme.explain("BJ26-54", book: try Files.book()).contains("Held by portal"))
    }

    @Test("for an unknown id the nearest known one is suggested")
    func explainUnknown() throws {
        let programme = try Files.beijing2026().programme
        #expect(programme.explain("BJ26-3", book: try Files.book()).contains("Did you mean BJ26-"))
        #expect(programme.explain("GZ20-14", book: try Files.book()).contains("does not cite this clause"))
    }

    @Test("diff shows each change with the roles concerned and the clause, and is empty without changes")
    func diff() throws {
        let programme = try Files.beijing2026().programme
        #expect(programme.differences(to: programme).isEmpty)
        var other = programme.altering(cap: "enterprise-year") { $0.limit = .fixed(5_000_000) }
        other.rules.removeAll { $0.id == "price-inside-guide" }
        other.tiers[0].quota = yuan(50_000)
        other.version = 2
        let differences = programme.differences(to: other)
        #expect(differences.map(\.element.path) == ["tiers.every-sme", "caps.enterprise-year", "rules.price-inside-guide"])
        #expect(differences.map(\.concerns).first == ["enterprise"])
        let text = programme.diff(to: other)
        for part in [
            "version 1", "version 2", "For enterprise:", "quota: ¥200,000.00 -> ¥50,000.00", "[BJ26-03]", "- rule rules.price-inside-guide",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("two cities can be compared: 48 hours against 5 working days, a ceiling against none")
    func diffOfCities() throws {
        let text = try Files.sample("beijing-2024").programme.diff(to: try Files.beijing2026().programme)
        for part in ["length: 48 hours -> 5 working days", "- subsidy subsidy.ceiling", "- tier tiers.srdi"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("every clause of every document is implemented by a rule or named in notHere, and a removed rule is detected")
    func unheldClause() throws {
        let text = try Files.text(Files.programmes.appending(path: "beijing-2026.yaml")).text
        let altered = text.replacingOccurrences(of: "clauses: [BJ26-66], owner: catalogue", with: "clauses: [BJ26-54], owner: catalogue")
        let loaded = try Programme.load(SourceText(name: "a.yaml", text: altered), book: try Files.book())
        #expect(loaded.warnings.contains { $0.problem.contains("no rule names the clause BJ26-66") })
        #expect(loaded.warnings.allSatisfy { $0.severity == .warning })
    }

    @Test("unused names and contradictory notHere entries are reported")
    func unused() throws {
        let text = try Files.text(Files.programmes.appending(path: "beijing-2026.yaml")).text
        let altered = text.replacingOccurrences(
            of: "roles:\n", with: "roles:\n  - {id: bystander, zh: 旁观者, en: Bystander}\n"
        ).replacingOccurrences(of: "clauses: [BJ26-66], owner", with: "clauses: [BJ26-66, BJ26-03], owner")
        let warnings = try Programme.load(SourceText(name: "a.yaml", text: altered), book: try Files.book()).warnings.map(\.problem)
        #expect(warnings.contains("nothing uses the role bystander"))
        #expect(warnings.contains { $0.contains("BJ26-03 is under notHere") })
    }

    @Test("removing any cited clause changes the programme, unless only steps and terms cite it")
    func without() throws {
        let programme = try Files.beijing2026().programme
        for clause in Set(programme.elements.flatMap(\.citation.clauses)) {
            let alteration = programme.without(clause: clause)
            #expect(alteration.removed.isEmpty || alteration.programme != programme, "\(clause)")
            if alteration.removed.isEmpty {
                let kinds = Set(programme.elements.filter { $0.citation.names(clause) }.map(\.kind))
                #expect(kinds.isDisjoint(with: ["rule", "cap", "deadline", "window", "document", "rule for papers"]), "\(clause) \(kinds)")
            }
        }
    }

    @Test("a programme sent as text with its clause files is the same after loading")
    func travels() throws {
        let source = try ProgrammeSource.read(
            file: Files.programmes.appending(path: "beijing-2026.yaml"), clauseFolder: Files.programmes.appending(path: "clauses"))
        let arrived = try JSONDecoder().decode(ProgrammeSource.self, from: try JSONEncoder().encode(source))
        #expect(try arrived.load().programme == Files.beijing2026().programme)
    }

    @Test("facts and subjects are unchanged after JSON encoding and decoding")
    func factsTravel() throws {
        let facts = try EligibilityTests.enterprise().facts.merging(try CheckTests.papers())
        #expect(try JSONDecoder().decode(Facts.self, from: try JSONEncoder().encode(facts)) == facts)
        let subject = CapSubject(enterprise: "e", tier: "t", days: [.order: try day("2026-05-01")])
        #expect(try JSONDecoder().decode(CapSubject.self, from: try JSONEncoder().encode(subject)) == subject)
    }
}
