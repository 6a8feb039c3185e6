import Foundation
import Kernel
import Procedures
import Testing

@testable import Programme

/// Deadlines of the lending desk with other lengths, starts, pauses and holds.
@Suite("Deadlines of cases")
struct DeadlineTests {
    private static let term = "states: [lent], calendarDays: 10, after: lend,"

    private static func host(_ changes: [(String, String)], at day: String = "2026-03-02") throws -> MemoryHost {
        var text = LendingDesk.text
        for (old, new) in changes {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        return MemoryHost(try LendingDesk.programme(text), at: try #require(BeijingTime.instant(on: try CalendarDate(day), hour: 10)))
    }

    private static func end(_ day: String) throws -> Date { BeijingTime.endOfDay(try CalendarDate(day)) }

    @Test("a deadline does not lapse while another case holds it, and lapses as soon as that case is closed")
    func holds() throws {
        var host = try Self.host([(Self.term, Self.term + " holdsWhile: [{procedure: complaint, is: [open]}],")])
        let (loan, complaint, member) = (UUID(), UUID(), LendingDesk.member())
        try host.lend(loan, to: member)
        #expect(host.running(loan).map(\.at) == [try Self.end("2026-03-12")])
        try host.must("complaint.file", complaint, parent: loan, by: member)
        #expect(host.running(loan).isEmpty)
        host.advance(to: try Self.end("2026-03-20"))
        #expect(host.subject(loan)?.state == "lent")
        var settled = StepInput()
        settled.judgements = ["complaint-settled": true]
        try host.must("complaint.close", complaint, settled, by: LendingDesk.head())
        host.advance(to: host.now)
        #expect(host.subject(loan)?.state == "overdue")
    }

    @Test("a deadline that pauses goes on with the days that were left; the day on which the case left is not used up")
    func pauses() throws {
        let changes = [
            (
                "      - {id: archive,",
                "      - {id: repair, zh: 送修, en: Repair, by: [clerk], from: [lent], to: overdue, clauses: [QUAN-15]}\n"
                    + "      - {id: bring, zh: 取回, en: Bring back, by: [clerk], from: [overdue], to: lent, clauses: [QUAN-15]}\n      - {id: archive,"
            ),
            (Self.term, Self.term + " whileAway: pauses,"), ("lapse: {to: overdue, ledger: nothing}", "lapse: {to: lost, ledger: forfeit}"),
        ]
        var host = try Self.host(changes)
        let loan = UUID()
        try host.lend(loan, to: LendingDesk.member())
        // 3 to 5 March are used; on the 6th the item goes to repair, and comes back on the 16th with 7 of 10 days left.
        host.advance(to: try Self.end("2026-03-05").addingTimeInterval(36_000))
        try host.must("loan.repair", loan, by: LendingDesk.clerk())
        #expect(host.running(loan).isEmpty)
        host.advance(to: try Self.end("2026-03-15").addingTimeInterval(36_000))
        try host.must("loan.bring", loan, by: LendingDesk.clerk())
        #expect(host.running(loan).map(\.at) == [try Self.end("2026-03-23")])
        host.advance(to: try Self.end("2026-03-23"))
        #expect(host.subject(loan)?.state == "lost")
    }

    @Test("a file that does not say what happens while a case is elsewhere does not load")
    func silent() throws {
        let repair = "      - {id: repair, zh: 送修, en: Repair, by: [clerk], from: [lent], to: overdue, clauses: [QUAN-15]}\n"
        let bring = "      - {id: bring, zh: 取回, en: Bring back, by: [clerk], from: [overdue], to: lent, clauses: [QUAN-15]}\n"
        let changes = [("      - {id: archive,", repair + bring + "      - {id: archive,")]
        do {
            _ = try Self.host(changes)
            Issue.record("it was loaded")
        } catch let faults as Faults {
            #expect(
                faults.all.map(\.problem) == [
                    "the states of the deadline loan.term can be left and entered again, and it does not say what happens meanwhile"
                ])
        }
    }

    @Test(
        "a length in months or years, until a day of the year, or as many days as a field says",
        arguments: [
            ("months: 1, after: lend,", "2026-04-02"), ("years: 1, after: lend,", "2027-03-02"),
            ("yearly: 12-31, after: lend,", "2026-12-31"),
            ("yearly: 03-02, after: lend,", "2026-03-02"), ("daysOfField: loan.days, most: 20, after: lend,", "2026-03-09"),
            ("daysOfField: loan.days, most: 5, after: lend,", "2026-03-07"), ("workingDays: 5, afterField: loan.day,", "2026-02-09"),
        ])
    func lengths(length: String, last: String) throws {
        let fields = "      - {id: deposit, zh: 押金, en: Deposit, type: amount, starred: true}\n"
        var host = try Self.host([
            (Self.term, "states: [lent], " + length),
            (
                fields,
                fields + "      - {id: days, zh: 天数, en: Days, type: count}\n      - {id: day, zh: 日期, en: Day, type: date}\n"
            ),
        ])
        let (loan, member) = (UUID(), LendingDesk.member())
        var input = LendingDesk.request()
        input.fields = input.fields.with("loan", "days", .count(7)).with("loan", "day", .date(try CalendarDate("2026-02-02")))
        try host.must("loan.request", loan, input, by: member)
        try host.must("loan.approve", loan, by: LendingDesk.clerk())
        try host.must("loan.lend", loan, by: LendingDesk.head())
        #expect(host.running(loan).map(\.at) == [try Self.end(last)])
        // What is due at its start lapses at once.
        if try Self.end(last) <= host.now {
            host.advance(to: host.now)
            #expect(host.subject(loan)?.state == "overdue")
        }
    }
}
