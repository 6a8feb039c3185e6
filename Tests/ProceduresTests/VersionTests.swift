import Foundation
import Kernel
import Procedures
import QuotaLedger
import Testing

@testable import Programme

/// A second version of the lending desk: deposits of at most CNY 50, 24 hours to pick up, a term of 5 days; the state `approved` is called `ready`.
@Suite("Versions of a programme")
struct VersionTests {
    private static func later(_ running: String) throws -> Programme {
        var text = LendingDesk.text
        for (old, new) in [
            ("version: 1", "version: 2\namends: {from: 2026-06-01, running: {loan: \(running)}, rename: {loan.approved: ready}}"),
            ("field: loan.deposit, yuan: 80", "field: loan.deposit, yuan: 50"), ("hours: 48", "hours: 24"),
            ("calendarDays: 10", "calendarDays: 5"), ("{id: approved, zh", "{id: ready, zh"), ("to: approved", "to: ready"),
            ("from: [approved], to: lent", "from: [ready], to: lent"), ("from: [requested, approved]", "from: [requested, ready]"),
            ("states: [approved]", "states: [ready]"),
        ] {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        return try LendingDesk.programme(text)
    }

    /// A loan that is approved on 31 May under the first version; then the second version is published, which begins on 1 June.
    private static func running(_ running: String) throws -> (host: MemoryHost, loan: UUID, member: StepActor) {
        var host = MemoryHost(try LendingDesk.programme(), at: try instant("2026-05-31", 12))
        let (loan, member) = (UUID(), LendingDesk.member())
        try host.must("loan.request", loan, LendingDesk.request(60), by: member)
        try host.must("loan.approve", loan, by: LendingDesk.clerk())
        host.publish(try later(running))
        host.advance(to: try instant("2026-06-01", 9))
        return (host, loan, member)
    }

    private static func instant(_ day: String, _ hour: Int) throws -> Date {
        try #require(BeijingTime.instant(on: try CalendarDate(day), hour: hour))
    }

    @Test("a running case that keeps its version has its states, deadlines and rules to the end")
    func keep() throws {
        var (host, loan, _) = try Self.running("keep")
        #expect(host.subject(loan)?.state == "approved")
        #expect(host.running(loan).map(\.at) == [try Self.instant("2026-06-02", 12)])
        try host.must("loan.lend", loan, by: LendingDesk.head())
        #expect(host.subject(loan)?.programmeVersion == 1)
        #expect(host.running(loan).map(\.at) == [BeijingTime.endOfDay(try CalendarDate("2026-06-11"))])
    }

    @Test(
        "a running case that follows switches at its next step; a deadline that runs does not get shorter, a new one is the later version's"
    )
    func follow() throws {
        var (host, loan, member) = try Self.running("follow")
        // It has not taken a step: its state and its 48 hours are as they were.
        #expect(host.subject(loan)?.state == "approved" && host.subject(loan)?.programmeVersion == 1)
        #expect(host.running(loan).map(\.at) == [try Self.instant("2026-06-02", 12)])
        try host.must("loan.lend", loan, by: LendingDesk.head())
        #expect(host.subject(loan)?.programmeVersion == 2 && host.subject(loan)?.state == "lent")
        #expect(host.running(loan).map(\.at) == [BeijingTime.endOfDay(try CalendarDate("2026-06-06"))])
        // Cancelled from the renamed state.
        let other = UUID()
        try host.must("loan.request", other, LendingDesk.request(10), by: member)
        try host.must("loan.approve", other, by: LendingDesk.clerk())
        #expect(host.subject(other)?.state == "ready")
    }

    @Test("a case that follows with a step that leaves it in its state keeps the longer deadline")
    func longer() throws {
        // The term of 10 days runs when the version with 5 days comes; the loan follows with a step that stays in its state.
        var text = LendingDesk.text.replacing(
            "      - {id: archive,",
            with: "      - {id: note, zh: 备注, en: Note, by: [clerk], from: [lent], clauses: [QUAN-15]}\n      - {id: archive,")
        var host = MemoryHost(try LendingDesk.programme(text), at: try Self.instant("2026-05-30", 12))
        let loan = UUID()
        try host.lend(loan, to: LendingDesk.member())
        let due = BeijingTime.endOfDay(try CalendarDate("2026-06-09"))
        #expect(host.running(loan).map(\.at) == [due])
        text = text.replacing("version: 1", with: "version: 2\namends: {from: 2026-06-01, running: {loan: follow}}")
            .replacing("calendarDays: 10", with: "calendarDays: 5")
        host.publish(try LendingDesk.programme(text))
        host.advance(to: try Self.instant("2026-06-02", 9))
        try host.must("loan.note", loan, by: LendingDesk.clerk())
        #expect(host.subject(loan)?.programmeVersion == 2 && host.running(loan).map(\.at) == [due])
    }

    @Test("new cases begin under the later version from its first day, not before")
    func begin() throws {
        var host = MemoryHost(try LendingDesk.programme(), at: try Self.instant("2026-05-31", 12))
        host.publish(try Self.later("keep"))
        try host.must("loan.request", UUID(), LendingDesk.request(60), by: LendingDesk.member())
        host.advance(to: try Self.instant("2026-06-01", 0))
        let slugs = try host.refusals("loan.request", UUID(), LendingDesk.request(60), by: LendingDesk.member()).map(\.slug)
        #expect(slugs == ["deposit-at-most"])
        let loan = UUID()
        try host.must("loan.request", loan, LendingDesk.request(40), by: LendingDesk.member())
        #expect(host.subject(loan)?.programmeVersion == 2)
        // A child begins under the version of its own start.
        #expect(host.cases(of: "loan").map(\.programmeVersion) == [1, 2])
    }

    @Test("a version that running cases cannot follow says which state or deadline is missing")
    func problems() throws {
        let first = try LendingDesk.programme()
        #expect(try Self.later("follow").problems(following: first).isEmpty)
        var without = try Self.later("follow")
        without.amends?.renamed = [:]
        #expect(without.problems(following: first) == ["cases in loan.approved cannot follow: there is no state approved"])
        without.amends = nil
        #expect(without.problems(following: first) == ["version 2 does not say what it amends: write `amends:`"])
    }

    @Test("the limit of an account is that of the latest version, also for a case of an earlier one")
    func limits() throws {
        let first = try LendingDesk.programme()
        var host = MemoryHost(first, at: try Self.instant("2026-05-31", 12))
        try host.must("loan.request", UUID(), LendingDesk.request(60), by: LendingDesk.member())
        #expect(host.ledger.accounts.values.first { $0.cap == "deposits" }?.limit == 10_000)
        host.publish(
            try LendingDesk.programme(
                LendingDesk.text.replacing("version: 1", with: "version: 2\namends: {from: 2026-06-01}")
                    .replacing("limitYuan: 100", with: "limitYuan: 70")))
        host.advance(to: try Self.instant("2026-06-01", 9))
        let slugs = try host.refusals("loan.request", UUID(), LendingDesk.request(11), by: LendingDesk.member()).map(\.slug)
        #expect(slugs == ["cap-deposits-exhausted"])
        try host.must("loan.request", UUID(), LendingDesk.request(10), by: LendingDesk.member())
        #expect(host.ledger.accounts.values.first { $0.cap == "deposits" }?.limit == 7_000)
    }
}
