import Foundation
import Kernel
import Procedures
import Programme
import Testing

@Suite("Steps that the platform takes")
struct CauseTests {
    @Test("a step whose needs are met is taken in the same decision, once for each parent, and what it causes follows")
    func needsAndAfter() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.must("loan.request", id, LendingDesk.request(), by: LendingDesk.member())
        try host.must("loan.approve", id, by: LendingDesk.clerk())
        let transition = try host.must("loan.lend", id, by: LendingDesk.head())
        #expect(transition.changes.map(\.reference.description) == ["loan.lend", "inspection.open", "payment.open", "payment.check"])
        #expect(host.cases(of: "inspection").map(\.parent) == [id] && host.cases(of: "payment").map(\.state) == ["checked"])
        #expect(transition.family.cases.allSatisfy { $0.root == id })
        try host.must("review.submit", UUID(), parent: id, by: LendingDesk.clerk())
        #expect(host.cases(of: "inspection").count == 1 && host.cases(of: "payment").count == 1)
    }

    @Test("where a rule refuses a caused step, its `otherwise` is taken instead, with the refusals")
    func otherwise() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.lend(id, to: LendingDesk.member(), yuan: 9)
        #expect(host.cases(of: "payment").map(\.state) == ["refused"])
        let change = try #require(host.history.last)
        #expect(change.reference == StepReference("payment", "refuse") && change.insteadOf.map(\.slug) == ["deposit-payable"])
        #expect(host.subject(id)?.state == "lent")
    }

    @Test("a linked step is taken with the step that names it, with its effects, or neither is taken")
    func linked() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.lend(id, to: LendingDesk.member())
        let inspection = try #require(host.cases(of: "inspection").first).id
        let transition = try host.must("inspection.fail", inspection, StepInput(reason: "broken"), by: LendingDesk.clerk())
        #expect(transition.changes.map(\.reference.description) == ["inspection.fail", "loan.lose"])
        #expect(host.subject(id)?.state == "lost")
        #expect(host.ledger.total(.forfeited, of: id) == 2_001 && host.ledger.total(.held, of: id) == 0)
    }

    @Test("a typed service's answer takes the step that waits for it, and an answer that nothing waits for is refused")
    func answer() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.lend(id, to: LendingDesk.member())
        let payment = try #require(host.cases(of: "payment").first).id
        #expect(throws: StepRefused.self) { try host.answer("bank.rejected", to: payment) }
        try host.answer("bank.confirmed", to: payment)
        #expect(host.subject(payment)?.state == "paid")
        #expect(throws: StepRefused.self) { try host.answer("bank.confirmed", to: payment) }
    }

    @Test("a state passed through still counts, but only since the step that the need names")
    func reached() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.lend(id, to: LendingDesk.member())
        host.advance(to: LendingDesk.start + 20 * 86_400)
        #expect(host.subject(id)?.state == "overdue" && host.history.last?.isLapse == true)
        let inspection = try #require(host.cases(of: "inspection").first).id
        try host.must("inspection.pass", inspection, by: LendingDesk.clerk())
        #expect(host.subject(id)?.state == "returned" && host.ledger.total(.held, of: id) == 0)
    }

    @Test("a lapse comes at its own instant: the term ends at midnight of the tenth day, Beijing time")
    func term() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.lend(id, to: LendingDesk.member())
        let end = BeijingTime.endOfDay(try BeijingTime.date(at: LendingDesk.start).adding(days: 10))
        host.advance(to: end - 1)
        #expect(host.subject(id)?.state == "lent")
        host.advance(to: end)
        #expect(host.subject(id)?.state == "overdue" && host.subject(id)?.entered("overdue")?.at == end)
    }

    @Test("what a step makes public is told with it")
    func published() throws {
        var host = try LendingDesk.host()
        let id = UUID()
        try host.must("loan.request", id, LendingDesk.request(), by: LendingDesk.member())
        let transition = try host.must("loan.approve", id, by: LendingDesk.clerk())
        #expect(transition.published == [FieldName("loan", "item"): .text("钻机")])
    }
}
