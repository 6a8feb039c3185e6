import Foundation
import Kernel
import Testing

@testable import Access

private let bureau = UUID(uuidString: "00000000-0000-4000-8000-0000000000b1") ?? UUID()
private let agency = UUID(uuidString: "00000000-0000-4000-8000-0000000000a1") ?? UUID()

private func somebody(_ organisation: UUID, _ roles: String...) -> Principal {
    Principal(person: "li", organisation: organisation, roles: Set(roles))
}

@Suite("Offices")
struct OfficeTests {
    @Test("an office is written as programme/role=organisation; any other text is an error")
    func parsing() throws {
        let text = "beijing-2026/officer=00000000-0000-4000-8000-0000000000b1"
        let office = try Office(parsing: text)
        #expect(office == Office(programmeID: "beijing-2026", role: "officer", organisation: bureau))
        #expect(office.description == text)
        let wrong = [
            "", "officer", "beijing-2026/officer", "beijing-2026/officer=x", "/officer=\(bureau)", "beijing-2026/=\(bureau)",
            "beijing-2026/officer=\(bureau)=\(bureau)", "beijing-2026/enterprise=\(bureau)", "beijing-2026/operator=\(bureau)",
        ]
        for text in wrong { #expect(throws: MalformedOffice.self, "\(text)") { try Office(parsing: text) } }
    }

    @Test("the setting decides; without it the first to act becomes the office in a rehearsal, and elsewhere there is no office")
    func rule() throws {
        let listed = try OfficeRule(["beijing-2026/officer=\(bureau)"], isRehearsal: true)
        #expect(listed == .listed([Office(programmeID: "beijing-2026", role: "officer", organisation: bureau)]))
        #expect(try OfficeRule([], isRehearsal: true) == .firstToAct)
        #expect(try OfficeRule([""], isRehearsal: true) == .firstToAct)
        #expect(try OfficeRule([], isRehearsal: false) == .listed([]))
    }

    @Test("QUAN-10: a caller outside the programme's office is refused if that is the only role, else loses the office's role")
    func listed() throws {
        let offices = Offices(try OfficeRule(["a/officer=\(bureau)", "a/reviewer=\(agency)"], isRehearsal: true))
        #expect(try offices.effectivePrincipal(somebody(bureau, "officer"), in: "a").roles == ["officer"])
        #expect(try offices.effectivePrincipal(somebody(bureau, "officer", "reviewer"), in: "a").roles == ["officer"])
        #expect(try offices.effectivePrincipal(somebody(agency, "officer", "institution"), in: "a").roles == ["institution"])
        for (organisation, role, programme) in [(agency, "officer", "a"), (bureau, "reviewer", "a"), (bureau, "officer", "b")] {
            let refusal = try #require(throws: Refusal.self) {
                try offices.effectivePrincipal(somebody(organisation, role), in: programme)
            }
            #expect(refusal.clauses == ["QUAN-10"])
        }
        #expect(offices.programmes(of: bureau, as: "officer") == ["a"])
        #expect(offices.programmes(of: agency, as: "officer") == [])
    }

    @Test("QUAN-10: without offices and outside a rehearsal, officers are refused and the refusal names the missing setting")
    func none() throws {
        let refusal = try #require(throws: Refusal.self) {
            try Offices(.listed([])).effectivePrincipal(somebody(bureau, "officer"), in: "a")
        }
        #expect(
            refusal.clauses == ["QUAN-10"] && refusal.message.en.contains("QUAN_OFFICES") && refusal.message.zh.contains("QUAN_OFFICES"))
        #expect(try Offices(.listed([])).effectivePrincipal(somebody(bureau, "enterprise"), in: "a").roles == ["enterprise"])
    }

    @Test("in a rehearsal the first organisation to act becomes the office; reading does not make an office")
    func first() throws {
        var offices = Offices(.firstToAct)
        #expect(try offices.effectivePrincipal(somebody(bureau, "officer"), in: "a").roles == ["officer"])
        #expect(offices.programmes(of: bureau, as: "officer") == [])
        offices.appoint(Office(programmeID: "a", role: "officer", organisation: bureau))
        #expect(throws: Refusal.self) { try offices.effectivePrincipal(somebody(agency, "officer"), in: "a") }
        #expect(try offices.effectivePrincipal(somebody(agency, "officer"), in: "b").roles == ["officer"])
        #expect(try offices.effectivePrincipal(somebody(agency, "reviewer"), in: "a").roles == ["reviewer"])
    }

    @Test("QUAN-10: a command of no programme is allowed to an office of any programme and to an operator")
    func anyProgramme() throws {
        var offices = Offices(.firstToAct)
        #expect(try offices.effectivePrincipalInAnyProgramme(somebody(agency, "officer")).roles == ["officer"])
        offices.appoint(Office(programmeID: "a", role: "officer", organisation: bureau))
        #expect(try offices.effectivePrincipalInAnyProgramme(somebody(bureau, "officer")).roles == ["officer"])
        #expect(throws: Refusal.self) { try offices.effectivePrincipalInAnyProgramme(somebody(agency, "officer")) }
        #expect(try offices.effectivePrincipalInAnyProgramme(somebody(agency, "operator")).roles == ["operator"])
    }
}
