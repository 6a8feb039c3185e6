import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

@Suite("BJ26-42: redemptions are batched, approved and disbursed")
struct BatchClauseTests {
    @Test("BJ26-42: the person who batched cannot approve; without the two-person rule they can")
    func secondPerson() throws {
        let programme = try Samples.programme()
        func approveOwn(_ programme: Programme) throws -> Refusal? {
            var disbursement = try Samples.batched()
            return refusal { _ = try disbursement.approve(names: Samples.names, by: Samples.wang, in: programme) }
        }
        let refused = try #require(try approveOwn(programme))
        #expect(refused.clauses == ["QUAN-10", "BJ26-42"])
        // The number of people is a rule of its own: it applies even without the step's own rule.
        let byNumber = try #require(try approveOwn(try programme.altering("approve") { $0.notBySameAs = nil }))
        #expect(byNumber.clauses == ["QUAN-10", "BJ26-42"])
        #expect(byNumber.numbers.contains { $0.name == "needed" && $0.value == .integer(2) })
        var without = try programme.altering("approve") { $0.notBySameAs = nil }
        without.payout.people = 1
        #expect(try approveOwn(without) == nil)
    }

    @Test("BJ26-42: an instruction is created only after the number of approvals that the programme requires")
    func people() throws {
        var programme = try Samples.programme()
        var disbursement = try Samples.batched()
        let two = try disbursement.approve(names: Samples.names, by: Samples.zhao, in: programme)
        #expect(two.1 != nil && disbursement.state == "approved" && disbursement.attempt == 1)

        programme.payout.people = 3
        disbursement = try Samples.batched()
        #expect(try disbursement.approve(names: Samples.names, by: Samples.zhao, in: programme).1 == nil)
        #expect(disbursement.state == "batched" && disbursement.attempt == 0)
        #expect(refusal { _ = try disbursement.approve(names: Samples.names, by: Samples.zhao, in: programme) }?.clauses.first == "QUAN-10")
        let third = Actor(person: "sun", organisation: Samples.bureau, roles: ["officer"])
        #expect(try disbursement.approve(names: Samples.names, by: third, in: programme).1 != nil)
    }

    @Test("BJ26-42: only an officer batches; if the programme names another role, that role does")
    func roles() throws {
        let programme = try Samples.programme()
        var due = try Samples.due()
        let refused = refusal { _ = try due.batch(UUID(), payee: Samples.payee, names: Samples.names, by: Samples.supplier, in: programme) }
        #expect(refused?.clauses == ["QUAN-10", "BJ26-42"])
        let altered = try programme.altering("batch") { $0.by = ["institution"] }
        #expect(refusal { _ = try due.batch(UUID(), payee: Samples.payee, names: Samples.names, by: Samples.supplier, in: altered) } == nil)
    }

    @Test("BJ26-42: a disbursement of an institution without an account cannot be batched")
    func payee() throws {
        var due = try Samples.due()
        let refused = try #require(
            refusal { _ = try due.batch(UUID(), payee: nil, names: Samples.names, by: Samples.wang, in: try Samples.programme()) })
        #expect(refused.clauses == ["QUAN-15", "BJ26-42"])
        #expect(refused.numbers.contains { $0.name == "institution" })
        #expect(due.state == "due" && due.batchID == nil)
    }

    @Test("BJ26-42: a disbursement is due once the redemption is approved, has an amount, and ordering's ledger has posted it")
    func opening() throws {
        let programme = try Samples.programme()
        let whole = Samples.opening()
        #expect(whole.disbursement(in: programme, at: Samples.now) != nil)
        var notPosted = whole
        notPosted.posted = nil
        #expect(notPosted.disbursement(in: programme, at: Samples.now) == nil)
        var noAmount = whole
        noAmount.amountFen = nil
        #expect(noAmount.disbursement(in: programme, at: Samples.now) == nil)
        var notApproved = whole
        notApproved.redemptionState = "in-notice"
        #expect(notApproved.disbursement(in: programme, at: Samples.now) == nil)
        let altered = try programme.altering("open") { $0.needs = [] }
        #expect(notApproved.disbursement(in: altered, at: Samples.now) != nil)
    }

    @Test("BJ26-42: a redemption has one disbursement id, an attempt one instruction id")
    func identifiers() throws {
        let order = UUID()
        let first = Samples.opening(order: order).disbursement(in: try Samples.programme(), at: Samples.now)?.0
        let again = Samples.opening(order: order).disbursement(in: try Samples.programme(), at: Samples.now.addingTimeInterval(9))?.0
        #expect(first?.id == again?.id && first != nil)
        let id = try #require(first?.id)
        #expect(PayoutID.instruction(disbursementID: id, attempt: 1) == PayoutID.instruction(disbursementID: id, attempt: 1))
        #expect(PayoutID.instruction(disbursementID: id, attempt: 1) != PayoutID.instruction(disbursementID: id, attempt: 2))
    }

    @Test(
        "BJ26-42: there is no new attempt before the last one is finally rejected", arguments: Instruction.State.allCases)
    func retry(state: Instruction.State) throws {
        let programme = try Samples.programme()
        var (disbursement, instruction) = try Samples.sent()
        instruction.state = state
        disbursement.state = "rejected"
        let attempt = refusal {
            _ = try disbursement.retry(
                after: instruction, payee: Samples.payee, names: Samples.names, reason: "户名已更正", by: Samples.wang, in: programme)
        }
        #expect((attempt == nil) == (state == .rejected))
        #expect(disbursement.attempt == (state == .rejected ? 2 : 1))
    }

    @Test("BJ26-42: a new attempt needs a reason; without the rule it needs none")
    func retryReason() throws {
        let programme = try Samples.programme()
        var (disbursement, instruction) = try Samples.sent()
        _ = try disbursement.apply(
            instruction.apply(.rejected(reason: "AC01"), patience: 60, at: Samples.now), of: instruction, in: programme)
        #expect(disbursement.state == "rejected")
        let refused = refusal {
            _ = try disbursement.retry(
                after: instruction, payee: Samples.payee, names: Samples.names, reason: " ", by: Samples.wang, in: programme)
        }
        #expect(refused?.clauses == ["QUAN-01", "BJ26-42"])
        let altered = try programme.altering("retry") { $0.needsReason = false }
        #expect(
            refusal {
                _ = try disbursement.retry(
                    after: instruction, payee: Samples.payee, names: Samples.names, reason: nil, by: Samples.wang, in: altered)
            } == nil)
    }
}
