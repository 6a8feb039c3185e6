import Foundation
import IdentityDomain
import Kernel
import Messages
import Programme
import Testing

@Suite("Registering an enterprise")
struct RegisteringTests {
    private let id = UUID()

    private func register(
        _ command: RegisterEnterprise, under programme: Programme, on day: String = "2026-05-20", current: Registration? = nil,
        holder: UUID? = nil, role: String = "enterprise", by organisation: UUID? = nil
    ) throws -> Registration {
        try Registering(programme, now: instant(day)).register(
            command, by: Enterprises.actor(organisation ?? id, role), current: current, holder: holder, credit: .unknown)
    }

    /// A registration that one clause refuses.
    struct Case: Sendable {
        let clause: String
        let slugs: [String]
        let command: @Sendable (UUID) throws -> RegisterEnterprise
    }

    static let cases = [
        Case(clause: "BJ26-01", slugs: ["not-registered-in-beijing"]) { try Enterprises.registration($0, division: "120101") },
        Case(clause: "BJ26-01", slugs: ["not-an-sme"]) {
            try Enterprises.registration($0, employees: 400, revenueYuan: 200_000_000)
        },
        Case(clause: "BJ26-44", slugs: ["not-a-legal-person"]) { try Enterprises.registration($0, isLegalPerson: false) },
        Case(clause: "BJ26-44", slugs: ["not-an-enterprise"]) { try Enterprises.registration($0, kind: "52") },
    ]

    @Test(
        "BJ26-01, BJ26-44: only a Beijing SME with legal personality gets the quota; without the clause others get it too",
        arguments: cases.indices
    )
    func clauses(_ index: Int) throws {
        let test = Self.cases[index]
        let programme = try Programmes.beijing()
        let refused = try register(try test.command(id), under: programme)
        #expect(refused.state == "not-entitled" && refused.tier == nil && refused.quotaFen == nil)
        #expect(refused.refusals.map(\.slug) == test.slugs && refused.refusals.map(\.clauses) == [[test.clause]])
        let without = programme.without(clause: test.clause)
        #expect(!without.removed.isEmpty)
        let entitled = try register(try test.command(id), under: without.programme)
        #expect(entitled.state == "entitled" && entitled.quotaFen == Fen(20_000_000))
    }

    @Test("a refused entitlement lists every failed clause")
    func everyClause() throws {
        let command = try Enterprises.registration(
            id, division: "310101", employees: 400, revenueYuan: 200_000_000, isLegalPerson: false, kind: "12")
        let refused = try register(command, under: try Programmes.beijing())
        #expect(
            refused.refusals.map(\.slug) == ["not-registered-in-beijing", "not-an-sme", "not-a-legal-person", "not-an-enterprise"])
        #expect(Set(refused.refusals.flatMap(\.clauses)) == ["BJ26-01", "BJ26-44"])
    }

    @Test("BJ26-25: before the window opens an enterprise is not entitled, and is evaluated at the opening; without the clause at once")
    func opening() throws {
        let programme = try Programmes.beijing()
        let early = Registering(programme, now: try instant("2026-03-01"))
        let waiting = try early.register(
            try Enterprises.registration(id), by: Enterprises.actor(id), current: nil, holder: nil, credit: .unknown)
        #expect(waiting.state == "certified" && waiting.refusals.map(\.slug) == ["ordering-closed"])
        #expect(waiting.refusals.first?.clauses.contains("BJ26-25") == true)
        #expect(early.judgeAgain(waiting) == BeijingTime.startOfDay(try CalendarDate("2026-03-30")))
        let opened = Registering(programme, now: try instant("2026-03-30", hour: 0))
        let judged = opened.judged(waiting, credit: .unknown)
        #expect(judged.state == "entitled" && judged.refusals.isEmpty && opened.judgeAgain(judged) == nil)
        let without = programme.without(clause: "BJ26-25")
        #expect(without.removed.contains("windows.ordering"))
        #expect(try register(try Enterprises.registration(id), under: without.programme, on: "2026-03-01").state == "entitled")
    }

    @Test("BJ26-25: without an entitlement step of the platform itself, no enterprise is entitled automatically")
    func systemJudges() throws {
        let byOfficer = try Programmes.beijing().altering(step: Programmes.entitle) { $0.by = ["officer"] }
        #expect(try register(try Enterprises.registration(id), under: byOfficer).state == "certified")
    }

    @Test("after the window has closed an enterprise is not evaluated again, and the refusal names the closing")
    func closed() throws {
        let late = Registering(try Programmes.beijing(), now: try instant("2026-09-01"))
        let registration = try late.register(
            try Enterprises.registration(id), by: Enterprises.actor(id), current: nil, holder: nil, credit: .unknown)
        #expect(registration.state == "certified" && late.judgeAgain(registration) == nil)
        #expect(registration.refusals.first?.numbers.contains { $0.name == "closes" } == true)
    }

    @Test("BJ26-58: an enterprise certifies itself only; the programme defines the certifying role")
    func certification() throws {
        let programme = try Programmes.beijing()
        let command = try Enterprises.registration(id)
        let wrongRole = #expect(throws: Refusal.self) { try register(command, under: programme, role: "institution") }
        #expect(wrongRole?.clauses == ["QUAN-10", "BJ26-58"])
        let stranger = #expect(throws: Refusal.self) { try register(command, under: programme, by: UUID()) }
        #expect(stranger?.clauses == ["QUAN-10"])
        let altered = programme.altering(step: StepReference("registration", "certify")) { $0.by = ["institution"] }
        #expect(try register(command, under: altered, role: "institution").state == "entitled")
    }

    @Test("a refused enterprise may register again with corrected particulars; an entitled or appealing one may not")
    func again() throws {
        let programme = try Programmes.beijing()
        let refused = try register(try Enterprises.registration(id, division: "120101"), under: programme)
        let still = try register(try Enterprises.registration(id, isLegalPerson: false), under: programme, current: refused)
        #expect(still.state == "not-entitled" && still.refusals.map(\.slug) == ["not-a-legal-person"])
        let entitled = try register(try Enterprises.registration(id), under: programme, current: still)
        #expect(entitled.state == "entitled" && entitled.refusals.isEmpty)
        let twice = #expect(throws: Refusal.self) {
            try register(try Enterprises.registration(id), under: programme, current: entitled)
        }
        #expect(twice?.clauses == ["QUAN-15", "BJ26-58"])
        let roleless = #expect(throws: Refusal.self) {
            try register(try Enterprises.registration(id), under: programme, current: refused, role: "officer")
        }
        #expect(roleless?.clauses == ["QUAN-10", "BJ26-58"])
        var appealed = refused
        appealed.state = "appealed"
        #expect(throws: Refusal.self) { try register(try Enterprises.registration(id), under: programme, current: appealed) }
    }

    @Test("a credit code is registered once in a programme: a second organisation with it is refused")
    func oneCode() throws {
        let programme = try Programmes.beijing()
        let refusal = #expect(throws: Refusal.self) {
            try register(try Enterprises.registration(id), under: programme, holder: UUID())
        }
        #expect(refusal?.clauses == ["QUAN-10"] && refusal?.message.en.contains("already registered") == true)
        #expect(try register(try Enterprises.registration(id), under: programme, holder: id).state == "entitled")
    }
}
