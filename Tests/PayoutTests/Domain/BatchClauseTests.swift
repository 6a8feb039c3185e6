import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

@Suite("BJ26-42: redemptions are totalled in batches, checked, and disbursed")
struct BatchClauseTests {
    @Test("BJ26-42: who batched does not approve; without the rule of the second person it may")
    func secondPerson() throws {
        let programme = try City.programme()
        func approveOwn(_ programme: Programme) throws -> Refusal? {
            var disbursement = try City.batched()
            return refusal { _ = try disbursement.approve(names: City.names, by: City.wang, in: programme) }
        }
        let refused = try #require(try approveOwn(programme))
        #expect(refused.clauses == ["QUAN-10", "BJ26-42"])
        // The number of people is a rule of its own: it holds where the step's own rule is taken away, and the other way round.
        let byNumber = try #require(try approveOwn(try programme.altering("approve") { $0.notBySameAs = nil }))
        #expect(byNumber.clauses == ["QUAN-10", "BJ26-42"])
        #expect(byNumber.numbers.contains { $0.name == "needed" && $0.value == .integer(2) })
        var without = try programme.altering("approve") { $0.notBySameAs = nil }
        without.payout.people = 1
        #expect(try approveOwn(without) == nil)
    }

    @Test("BJ26-42: as many different people agree as the programme says before there is an instruction")
    func people() throws {
        var programme = try City.programme()
        var disbursement = try City.batched()
        let two = try disbursement.approve(names: City.names, by: City.zhao, in: programme)
        #expect(two.1 != nil && disbursement.state == "approved" && disbursement.attempt == 1)

        programme.payout.people = 3
        disbursement = try City.batched()
        #expect(try disbursement.approve(names: City.names, by: City.zhao, in: programme).1 == nil)
        #expect(disbursement.state == "batched" && disbursement.attempt == 0)
        #expect(refusal { _ = try disbursement.approve(names: City.names, by: City.zhao, in: programme) }?.clauses.first == "QUAN-10")
        let third = Actor(person: "sun", organisation: City.bureau, roles: ["officer"])
        #expect(try disbursement.approve(names: City.names, by: third, in: programme).1 != nil)
    }

    @Test("BJ26-42: only an officer batches and approves; where the programme names others, they do")
    func roles() throws {
        let programme = try City.programme()
        var due = try City.due()
        let refused = refusal { _ = try due.batch(UUID(), payee: City.payee, names: City.names, by: City.supplier, in: programme) }
        #expect(refused?.clauses == ["QUAN-10", "BJ26-42"])
        let altered = try programme.altering("batch") { $0.by = ["institution"] }
        #expect(refusal { _ = try due.batch(UUID(), payee: City.payee, names: City.names, by: City.supplier, in: altered) } == nil)
    }

    @Test("BJ26-42: an institution without an account is not batched, and the refusal says so")
    func payee() throws {
        var due = try City.due()
        let refused = try #require(
            refusal { _ = try due.batch(UUID(), payee: nil, names: City.names, by: City.wang, in: try City.programme()) })
        #expect(refused.clauses == ["QUAN-15", "BJ26-42"])
        #expect(refused.numbers.contains { $0.name == "institution" })
        #expect(due.state == "due" && due.batchID == nil)
    }

    @Test("BJ26-42: a disbursement is due once the redemption is approved, has an amount, and ordering's ledger has posted it")
    func opening() throws {
        let programme = try City.programme()
        let whole = City.opening()
        #expect(whole.disbursement(in: programme, at: City.now) != nil)
        var notPosted = whole
        notPosted.posted = nil
        #expect(notPosted.disbursement(in: programme, at: City.now) == nil)
        var noAmount = whole
        noAmount.amountFen = nil
        #expect(noAmount.disbursement(in: programme, at: City.now) == nil)
        var notApproved = whole
        notApproved.redemptionState = "in-notice"
        #expect(notApproved.disbursement(in: programme, at: City.now) == nil)
        let altered = try programme.altering("open") { $0.needs = [] }
        #expect(notApproved.disbursement(in: altered, at: City.now) != nil)
    }

    @Test("BJ26-42: a redemption has one disbursement for life, an attempt one instruction")
    func identifiers() throws {
        let order = UUID()
        let first = City.opening(order: order).disbursement(in: try City.programme(), at: City.now)?.0
        let again = City.opening(order: order).disbursement(in: try City.programme(), at: City.now.addingTimeInterval(9))?.0
        #expect(first?.id == again?.id && first != nil)
        let id = try #require(first?.id)
        #expect(PayoutID.instruction(disbursementID: id, attempt: 1) == PayoutID.instruction(disbursementID: id, attempt: 1))
        #expect(PayoutID.instruction(disbursementID: id, attempt: 1) != PayoutID.instruction(disbursementID: id, attempt: 2))
    }

    @Test(
        "BJ26-42: there is no new attempt before the last is finally rejected", arguments: Instruction.State.allCases)
    func retry(state: Instruction.State) throws {
        let programme = try City.programme()
        var (disbursement, instruction) = try City.sent()
        instruction.state = state
        disbursement.state = "rejected"
        let attempt = refusal {
            _ = try disbursement.retry(
                after: instruction, payee: City.payee, names: City.names, reason: "户名已更正", by: City.wang, in: programme)
        }
        #expect((attempt == nil) == (state == .rejected))
        #expect(disbursement.attempt == (state == .rejected ? 2 : 1))
    }

    @Test("BJ26-42: a new attempt needs a reason; without the rule it needs none")
    func retryReason() throws {
        let programme = try City.programme()
        var (disbursement, instruction) = try City.sent()
        _ = try disbursement.hear(instruction.hear(.rejected(reason: "AC01"), patience: 60, at: City.now), of: instruction, in: programme)
        #expect(disbursement.state == "rejected")
        let refused = refusal {
            _ = try disbursement.retry(after: instruction, payee: City.payee, names: City.names, reason: " ", by: City.wang, in: programme)
        }
        #expect(refused?.clauses == ["QUAN-01", "BJ26-42"])
        let altered = try programme.altering("retry") { $0.needsReason = false }
        #expect(
            refusal {
                _ = try disbursement.retry(
                    after: instruction, payee: City.payee, names: City.names, reason: nil, by: City.wang, in: altered)
            } == nil)
    }
}
