import Foundation
import IdentityDomain
import Kernel
import Messages
import Programme
import Testing

@Suite("Credit standing")
struct CreditTests {
    private func refusals(_ credit: CreditStanding, under programme: Programme) throws -> [Refusal] {
        let id = UUID()
        let registration = try Registering(programme, now: instant("2026-05-20")).register(
            try Enterprises.registration(id), by: Enterprises.actor(id), current: nil, holder: nil, credit: credit)
        return CreditChecking.refusals(of: registration, credit: credit, under: programme, now: try instant("2026-05-20"))
    }

    @Test("BJ26-27: a negative record of the last three years or a listed debtor is refused at use; without the clause neither is")
    func clause() throws {
        let programme = try Programmes.beijing()
        let without = programme.without(clause: "BJ26-27").programme
        let entry = CreditStanding(entries: [DatedRecord(kind: "tax", on: try CalendarDate("2024-03-01"))], lists: [])
        let listed = CreditStanding(entries: [], lists: ["dishonest-debtor"])
        for (credit, slug) in [(entry, "enterprise-negative-record"), (listed, "enterprise-dishonest-debtor")] {
            let refusals = try refusals(credit, under: programme)
            #expect(refusals.map(\.slug) == [slug] && refusals.map(\.clauses) == [["BJ26-27"]])
            #expect(try self.refusals(credit, under: without).isEmpty)
        }
        #expect(try refusals(.clean, under: programme).isEmpty)
    }

    @Test("without a credit record the rule is not met; a sandbox may count it as clean")
    func sources() throws {
        let programme = try Programmes.beijing()
        let unknown = try refusals(CreditSource.recorded.standing(recorded: nil), under: programme)
        #expect(unknown.map(\.slug) == ["enterprise-negative-record", "enterprise-dishonest-debtor"])
        #expect(unknown.allSatisfy { $0.numbers.first?.name == "missing" })
        #expect(try refusals(CreditSource.sandboxClean.standing(recorded: nil), under: programme).isEmpty)
        let listed = CreditStanding(entries: [], lists: ["dishonest-debtor"])
        #expect(CreditSource.sandboxClean.standing(recorded: listed) == listed)
    }

    @Test("an unregistered enterprise is refused under QUAN-07")
    func unregistered() throws {
        let refusals = CreditChecking.refusals(of: nil, credit: .clean, under: try Programmes.beijing(), now: try instant("2026-05-20"))
        #expect(refusals.map(\.clauses) == [["QUAN-07"]])
    }

    @Test("officers and operators record credit entries, not of future days")
    func recording() throws {
        let command = RecordCredit(
            creditCode: "x", entries: [RecordCredit.Entry(kind: "tax", on: try CalendarDate("2026-05-21"))], lists: [])
        let today = try CalendarDate("2026-05-20")
        let enterprise = #expect(throws: Refusal.self) {
            try CreditStanding(command, by: Enterprises.actor(UUID()), today: today)
        }
        #expect(enterprise?.clauses == ["QUAN-10"])
        let early = #expect(throws: Refusal.self) {
            try CreditStanding(command, by: Enterprises.actor(UUID(), "officer"), today: today)
        }
        #expect(early?.clauses == ["QUAN-01"])
        let standing = try CreditStanding(command, by: Enterprises.actor(UUID(), "operator"), today: command.entries[0].on)
        #expect(standing.entries?.count == 1)
    }
}
