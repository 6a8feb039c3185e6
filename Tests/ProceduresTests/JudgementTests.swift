import Foundation
import Kernel
import Procedures
import Programme
import Testing

@Suite("Judgements, excuses and preferences")
struct JudgementTests {
    private static func complaint(yuan: Int64) throws -> (MemoryHost, UUID) {
        var host = try LendingDesk.host()
        let (loan, complaint, member) = (UUID(), UUID(), LendingDesk.member())
        try host.must("loan.request", loan, LendingDesk.request(yuan), by: member)
        try host.must("complaint.file", complaint, parent: loan, by: member)
        return (host, complaint)
    }

    private static func input(settled: Bool? = true, excuse: String? = nil) -> StepInput {
        var input = StepInput()
        input.judgements["complaint-settled"] = settled
        input.excuses["small-deposit"] = excuse
        return input
    }

    @Test("a judged rule refuses without an answer and with the answer no, and the answer is recorded")
    func judged() throws {
        var (host, id) = try Self.complaint(yuan: 20)
        #expect(
            try host.refusals("complaint.close", id, Self.input(settled: nil), by: LendingDesk.head()).map(\.slug) == ["complaint-settled"])
        #expect(
            try host.refusals("complaint.close", id, Self.input(settled: false), by: LendingDesk.head()).map(\.slug) == [
                "complaint-settled"
            ])
        try host.must("complaint.close", id, Self.input(), by: LendingDesk.head())
        #expect(host.subject(id)?.record[.judgement("complaint-settled")] == .flag(true))
    }

    @Test("a rule is excused only by its roles and with a reason, which is recorded")
    func excused() throws {
        var (host, id) = try Self.complaint(yuan: 60)
        #expect(try host.refusals("complaint.close", id, Self.input(), by: LendingDesk.head()).map(\.slug) == ["small-deposit"])
        let clerk = try host.refusals("complaint.close", id, Self.input(excuse: "known member"), by: LendingDesk.clerk())
        #expect(clerk.first?.clauses == ["QUAN-10", "QUAN-11"])
        #expect(
            try host.refusals("complaint.close", id, Self.input(excuse: " "), by: LendingDesk.head()).first?.clauses == [
                "QUAN-01", "QUAN-11",
            ])
        try host.must("complaint.close", id, Self.input(excuse: "known member"), by: LendingDesk.head())
        #expect(host.subject(id)?.record[.excuse("small-deposit")] == .text("known member"))
    }

    @Test("a judgement or an excuse that the step does not ask for is refused")
    func unasked() throws {
        var (host, id) = try Self.complaint(yuan: 20)
        var input = Self.input()
        input.judgements["deposit-at-most"] = true
        input.excuses["tiny-deposit"] = "why not"
        let refusals = try host.refusals("complaint.close", id, input, by: LendingDesk.head())
        #expect(refusals.map { $0.numbers.first?.value } == [.text("excuse.tiny-deposit"), .text("judgement.deposit-at-most")])
    }

    @Test("a preference is told and never refuses", arguments: [(5, true), (6, false)])
    func preference(yuan: Int64, holds: Bool) throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.must("loan.request", id, LendingDesk.request(yuan), by: LendingDesk.member())
        #expect(try host.must("loan.approve", id, by: LendingDesk.clerk()).preferences == ["tiny-deposit": holds])
    }
}
