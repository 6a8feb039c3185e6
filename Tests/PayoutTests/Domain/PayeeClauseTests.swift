import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

@Suite("IN-54: a changed account needs a new approval")
struct PayeeClauseTests {
    private static func payee(_ fingerprint: String, name: String = Samples.payee.accountName) -> Payee {
        Payee(
            institutionID: Samples.institution, accountName: name, bankCode: "102100099996", maskedAccount: "****1234",
            encryptedAccount: [9], fingerprint: fingerprint)
    }

    private static func rejected() throws -> (Disbursement, Instruction) {
        var (disbursement, instruction) = try Samples.sent()
        let update = instruction.apply(.rejected(reason: "AC01"), patience: 60, at: Samples.now)
        _ = try disbursement.apply(update, of: instruction, in: try Samples.programme())
        return (disbursement, instruction)
    }

    @Test("IN-54: a new attempt to the approved account needs one officer; to a changed account, even with the same last digits, two")
    func retry() throws {
        let programme = try Samples.programme()
        var (disbursement, last) = try Self.rejected()
        func retry(_ payee: Payee, by actor: Actor) throws -> Instruction? {
            try disbursement.retry(after: last, payee: payee, names: Samples.names, reason: "更正", by: actor, in: programme).1
        }
        let other = Self.payee("f2")
        #expect(try retry(other, by: Samples.wang) == nil)
        #expect(disbursement.state == "rejected" && disbursement.attempt == 1)
        #expect(refusal { _ = try retry(other, by: Samples.wang) }?.clauses == ["QUAN-36", "BJ26-42", "IN-54"])
        // The account has changed again: the first officer proposes it and cannot approve it alone.
        let third = Self.payee("f3")
        #expect(try retry(third, by: Samples.zhao) == nil)
        #expect(refusal { _ = try retry(third, by: Samples.zhao) }?.clauses == ["QUAN-36", "BJ26-42", "IN-54"])
        let made = try #require(try retry(third, by: Samples.wang))
        #expect(made.attempt == 2 && made.payee == third && disbursement.state == "approved")

        var (same, rejected) = try Self.rejected()
        #expect(
            try same.retry(after: rejected, payee: Samples.payee, names: Samples.names, reason: "更正", by: Samples.wang, in: programme).1
                != nil)
        var alone = programme
        alone.payout.people = 1
        (same, rejected) = try Self.rejected()
        #expect(try same.retry(after: rejected, payee: other, names: Samples.names, reason: "更正", by: Samples.wang, in: alone).1 != nil)
    }

    @Test("IN-54: unbatching cancels all approvals")
    func unbatch() throws {
        var programme = try Samples.programme()
        programme.payout.people = 3
        var disbursement = try Samples.batched()
        _ = try disbursement.approve(names: Samples.names, by: Samples.zhao, in: programme)
        let refused = refusal { _ = try disbursement.unbatch(reason: " ", by: Samples.zhao, in: programme) }
        #expect(refused?.clauses == ["QUAN-01", "BJ26-42"])
        _ = try disbursement.unbatch(reason: "账户已变更", by: Samples.zhao, in: programme)
        #expect(disbursement.state == "due" && disbursement.batchID == nil && disbursement.payee == nil)
        _ = try disbursement.batch(UUID(), payee: Self.payee("f2"), names: Samples.names, by: Samples.wang, in: programme)
        #expect(try disbursement.approve(names: Samples.names, by: Samples.zhao, in: programme).1 == nil)
        let third = Actor(person: "sun", organisation: Samples.bureau, roles: ["officer"])
        let instruction = try #require(try disbursement.approve(names: Samples.names, by: third, in: programme).1)
        #expect(instruction.payee.fingerprint == "f2")
        #expect(refusal { _ = try disbursement.unbatch(reason: "x", by: Samples.zhao, in: programme) }?.clauses == ["QUAN-15", "BJ26-42"])
    }

    @Test("IN-54: names match regardless of outer white space and bracket width, in all programmes, except those the institution has left")
    func names() {
        let names = RegisteredNames([
            RegisteredNames.Registration(name: "甲（北京）公司", isAdmitted: true), RegisteredNames.Registration(name: "乙公司", isAdmitted: true),
            RegisteredNames.Registration(name: "旧公司", isAdmitted: false),
        ])
        #expect(names.hold("甲(北京)公司 ") && names.hold("乙公司") && !names.hold("旧公司") && !names.hold("甲北京公司") && !names.hold(""))
        #expect(RegisteredNames([RegisteredNames.Registration(name: "旧公司", isAdmitted: false)]).hold("旧公司"))
        #expect(RegisteredNames([]).isEmpty && !RegisteredNames([]).hold(""))
    }

    @Test("BJ26-47: several refunds can be reported, together at most the paid amount")
    func furtherRefunds() throws {
        let programme = try Samples.programme()
        var paid = try Samples.paid()
        func owe(_ amount: Int64?, _ command: String = "report-refund", by actor: Actor = Samples.supplier) -> Refusal? {
            refusal { _ = try paid.oweReturn(command, amountFen: amount.map { Fen($0) }, reason: "退款", by: actor, in: programme) }
        }
        func receive(_ amount: Int64) -> Refusal? {
            refusal {
                _ = try paid.receive(amountFen: Fen(amount), bankReference: "IN", isReferenceKnown: false, by: Samples.wang, in: programme)
            }
        }
        #expect(owe(1000) == nil)
        #expect(owe(2000) == nil)
        #expect(paid.owedFen == Fen(3000))
        // Part of the first refund, or its rest with all of the second one; never part of a later one.
        #expect(receive(1001)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(receive(400) == nil)
        #expect(receive(700)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(receive(2601)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(receive(2600) == nil)
        #expect(paid.state == "returned" && paid.returnedFen == Fen(3000))
        // After all owed funds are returned, further refunds can be reported.
        #expect(owe(2_997_001)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(owe(.max)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(owe(nil) == nil)
        #expect(paid.state == "return-due" && paid.owedFen == paid.amountFen)
        #expect(owe(1)?.clauses == ["QUAN-15", "BJ26-47"])
        #expect(owe(nil, "demand-funds", by: Samples.wang)?.clauses == ["QUAN-15", "BJ26-47", "BJ26-48"])
        #expect(receive(2_997_000) == nil)
        #expect(paid.state == "returned")
    }

    @Test(
        "QUAN-42: a bank reference is normalised to upper case, usual width and no outer white space",
        arguments: [("ref1", "REF1"), (" REF1\t", "REF1"), ("ｒｅｆ１", "REF1"), ("\u{3000}REF 1", "REF 1"), ("  ", "")])
    func reference(text: String, key: String) { #expect(BankReference.key(of: text) == key) }
}
