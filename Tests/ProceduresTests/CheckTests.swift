import Foundation
import Kernel
import Procedures
import Programme
import Testing

@Suite("The order of checks of a step")
struct CheckTests {
    @Test("an unknown case and a case of another party give the same refusal")
    func unknown() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.must("loan.request", id, LendingDesk.request(), by: LendingDesk.member())
        let input = StepInput(reason: "r")
        let foreign = try host.refusals("loan.cancel", id, input, by: LendingDesk.member())
        let absent = try host.refusals("complaint.file", UUID(), parent: UUID(), by: LendingDesk.member())
        #expect(foreign == absent && foreign.map(\.clauses) == [["QUAN-07"]])
    }

    @Test("a lapsed deadline explains itself before anything else, and the lapse is taken")
    func lapsed() throws {
        var host = try LendingDesk.host()
        let (id, member) = (UUID(), LendingDesk.member())
        try host.must("loan.request", id, LendingDesk.request(), by: member)
        try host.must("loan.approve", id, by: LendingDesk.clerk())
        var late = host
        // The step that is refused would also lack its reason.
        late.advance(to: LendingDesk.start + 48 * 3600 - 1)
        #expect(late.subject(id)?.state == "approved")
        late.advance(to: LendingDesk.start + 48 * 3600)
        #expect(late.subject(id)?.state == "cancelled" && late.ledger.total(.held, of: id) == 0)
        let engine = ProcedureEngine(host.programme)
        let circumstances = Circumstances(now: LendingDesk.start + 48 * 3600)
        var ledger = host.ledger
        let family = try #require(host.families[id])
        let error = #expect(throws: StepRefused.self) {
            try engine.take(try LendingDesk.step("loan.cancel"), on: id, by: member, in: family, circumstances, ledger: &ledger)
        }
        #expect(error?.lapsed == StepReference("loan", "pick-up") && error?.refusals.first?.clauses == ["QUAN-06"])
        #expect(ledger == host.ledger)
    }

    @Test("a step that does not lead from the state is refused with the state and the expected states")
    func state() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.must("loan.request", id, LendingDesk.request(), by: LendingDesk.member())
        let refusal = try #require(try host.refusals("loan.lend", id, by: LendingDesk.head()).first)
        #expect(refusal.clauses == ["QUAN-15", "QUAN-10"] && refusal.numbers.map(\.name) == ["state", "expected"])
    }

    @Test("a role that may not take the step is refused, a person takes no platform step, and the platform no person's")
    func role() throws {
        var host = try LendingDesk.host()
        let (id, member) = (UUID(), LendingDesk.member())
        try host.must("loan.request", id, LendingDesk.request(), by: member)
        #expect(try host.refusals("loan.approve", id, by: member).first?.clauses.first == "QUAN-10")
        #expect(try host.refusals("loan.approve", id, by: .platform).first?.clauses.first == "QUAN-10")
        try host.must("loan.approve", id, by: LendingDesk.clerk())
        try host.must("loan.lend", id, by: LendingDesk.head())
        #expect(try host.refusals("loan.return", id, by: LendingDesk.clerk()).first?.clauses.first == "QUAN-10")
    }

    @Test("a step on another version of the case than the actor saw is refused")
    func version() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.must("loan.request", id, LendingDesk.request(), by: LendingDesk.member())
        #expect(try host.refusals("loan.approve", id, StepInput(versionSeen: 0), by: LendingDesk.clerk()).count == 1)
        try host.must("loan.approve", id, StepInput(versionSeen: 1), by: LendingDesk.clerk())
    }

    @Test("two separated steps need two persons, and a needed reason is more than blanks")
    func persons() throws {
        var host = try LendingDesk.host()
        let (id, clerk, member) = (UUID(), LendingDesk.clerk(), LendingDesk.member())
        try host.must("loan.request", id, LendingDesk.request(), by: member)
        try host.must("loan.approve", id, by: clerk)
        #expect(try host.refusals("loan.lend", id, by: clerk).first?.numbers.first?.name == "notBySameAs")
        #expect(try host.refusals("loan.cancel", id, StepInput(reason: " \n"), by: member).first?.numbers.first?.name == "missing")
        try host.must("loan.lend", id, by: LendingDesk.clerk())
    }

    @Test("the window is checked before what is handed in")
    func window() throws {
        var host = try LendingDesk.host()
        host.advance(to: LendingDesk.start + 200 * 86_400)
        let refusals = try host.refusals("loan.request", UUID(), StepInput(), by: LendingDesk.member())
        #expect(refusals.map(\.slug) == ["outside-window-desk"])
    }

    @Test("the window is checked before needs, persons and reason")
    func windowFirst() throws {
        let programme = try LendingDesk.programme(
            LendingDesk.text.replacing("to: requested, window: desk,", with: "to: requested, window: desk, needsReason: true,"))
        var host = MemoryHost(programme, at: LendingDesk.start)
        let (id, member) = (UUID(), LendingDesk.member())
        #expect(try host.refusals("loan.request", id, LendingDesk.request(), by: member).first?.numbers.first?.value == .text("reason"))
        host.advance(to: LendingDesk.start + 200 * 86_400)
        #expect(try host.refusals("loan.request", id, LendingDesk.request(), by: member).map(\.slug) == ["outside-window-desk"])
    }

    @Test("what is wrong with form, papers and rules is told together: missing and unknown fields, missing papers, violated rules")
    func together() throws {
        var host = try LendingDesk.host()
        let fields = Facts().with("loan", "deposit", .amount(Fen(8_001))).with("loan", "colour", .text("red"))
        let refusals = try host.refusals("loan.request", UUID(), StepInput(fields: fields), by: LendingDesk.member())
        #expect(refusals.count == 4)
        #expect(refusals[0].numbers.map(\.name) == ["unknown"])
        #expect(refusals.dropFirst().map(\.slug) == ["form-request-item", "document-licence-missing", "deposit-at-most"])
        try host.must("loan.request", UUID(), LendingDesk.request(80), by: LendingDesk.member())
    }

    @Test("a cap refuses to the unit and to the fen, and nothing of the step remains")
    func caps() throws {
        var host = try LendingDesk.host()
        let (first, second) = (UUID(), UUID())
        try host.must("loan.request", first, LendingDesk.request(60), by: LendingDesk.member())
        #expect(
            try host.refusals("loan.request", second, LendingDesk.request(41), by: LendingDesk.member()).map(\.slug) == [
                "cap-deposits-exhausted"
            ])
        try host.must("loan.request", second, LendingDesk.request(30), by: LendingDesk.member())
        #expect(
            try host.refusals("loan.request", UUID(), LendingDesk.request(10), by: LendingDesk.member()).map(\.slug) == [
                "cap-stock-exhausted"
            ])
        #expect(host.ledger.total(.held, of: "deposits") == 9_000 && host.ledger.total(.held, of: "stock") == 2)
    }

    @Test("needs with quantity: every case and at least so many, and none")
    func needs() throws {
        var host = try LendingDesk.host()
        let (id, member) = (UUID(), LendingDesk.member())
        try host.lend(id, to: member)
        let inspection = try #require(host.cases(of: "inspection").first)
        try host.must("inspection.pass", inspection.id, by: LendingDesk.clerk())
        #expect(host.subject(id)?.state == "returned")
        try host.must("review.submit", UUID(), parent: id, by: LendingDesk.clerk())
        #expect(try host.refusals("loan.archive", id, by: LendingDesk.head()).first?.numbers.first?.value == .text("review"))
        try host.must("review.submit", UUID(), parent: id, by: LendingDesk.clerk())
        let complaint = UUID()
        try host.must("complaint.file", complaint, parent: id, by: member)
        #expect(try host.refusals("loan.archive", id, by: LendingDesk.head()).first?.numbers.first?.value == .text("complaint"))
        var settled = StepInput()
        settled.judgements["complaint-settled"] = true
        try host.must("complaint.close", complaint, settled, by: LendingDesk.head())
        try host.must("loan.archive", id, by: LendingDesk.head())
    }
}
