import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

@Suite("IN-54: a changed account needs a new approval")
struct PayeeClauseTests {
    private static func payee(_ fingerprint: String, name: String = City.payee.accountName) -> Payee {
        Payee(
            institutionID: City.institution, accountName: name, bankCode: "102100099996", maskedAccount: "****1234",
            encryptedAccount: [9], fingerprint: fingerprint)
    }

    private static func rejected() throws -> (Disbursement, Instruction) {
        var (disbursement, instruction) = try City.sent()
        let hearing = instruction.hear(.rejected(reason: "AC01"), patience: 60, at: City.now)
        _ = try disbursement.hear(hearing, of: instruction, in: try City.programme())
        return (disbursement, instruction)
    }

    @Test("IN-54: a new attempt to the account that was approved takes one officer; to a changed one, with the same last digits even, two")
    func retry() throws {
        let programme = try City.programme()
        var (disbursement, last) = try Self.rejected()
        func retry(_ payee: Payee, by actor: Actor) throws -> Instruction? {
            try disbursement.retry(after: last, payee: payee, names: City.names, reason: "更正", by: actor, in: programme).1
        }
        let other = Self.payee("f2")
        #expect(try retry(other, by: City.wang) == nil)
        #expect(disbursement.state == "rejected" && disbursement.attempt == 1)
        #expect(refusal { _ = try retry(other, by: City.wang) }?.clauses == ["QUAN-36", "BJ26-42", "IN-54"])
        // It has changed once more: whoever comes first proposes, and does not agree to it alone.
        let third = Self.payee("f3")
        #expect(try retry(third, by: City.zhao) == nil)
        #expect(refusal { _ = try retry(third, by: City.zhao) }?.clauses == ["QUAN-36", "BJ26-42", "IN-54"])
        let made = try #require(try retry(third, by: City.wang))
        #expect(made.attempt == 2 && made.payee == third && disbursement.state == "approved")

        var (same, rejected) = try Self.rejected()
        #expect(try same.retry(after: rejected, payee: City.payee, names: City.names, reason: "更正", by: City.wang, in: programme).1 != nil)
        var alone = programme
        alone.payout.people = 1
        (same, rejected) = try Self.rejected()
        #expect(try same.retry(after: rejected, payee: other, names: City.names, reason: "更正", by: City.wang, in: alone).1 != nil)
    }

    @Test("IN-54: what is taken out of a batch is agreed to by nobody any more, not even by who took it out")
    func unbatch() throws {
        var programme = try City.programme()
        programme.payout.people = 3
        var disbursement = try City.batched()
        _ = try disbursement.approve(names: City.names, by: City.zhao, in: programme)
        let refused = refusal { _ = try disbursement.unbatch(reason: " ", by: City.zhao, in: programme) }
        #expect(refused?.clauses == ["QUAN-01", "BJ26-42"])
        _ = try disbursement.unbatch(reason: "账户已变更", by: City.zhao, in: programme)
        #expect(disbursement.state == "due" && disbursement.batchID == nil && disbursement.payee == nil)
        _ = try disbursement.batch(UUID(), payee: Self.payee("f2"), names: City.names, by: City.wang, in: programme)
        #expect(try disbursement.approve(names: City.names, by: City.zhao, in: programme).1 == nil)
        let third = Actor(person: "sun", organisation: City.bureau, roles: ["officer"])
        let instruction = try #require(try disbursement.approve(names: City.names, by: third, in: programme).1)
        #expect(instruction.payee.fingerprint == "f2")
        #expect(refusal { _ = try disbursement.unbatch(reason: "x", by: City.zhao, in: programme) }?.clauses == ["QUAN-15", "BJ26-42"])
    }

    @Test("IN-54: blanks around a name and the width of its brackets do not count; the names of all programmes do, those left do not")
    func names() {
        let names = RegisteredNames([
            RegisteredNames.Registration(name: "甲（北京）公司", isAdmitted: true), RegisteredNames.Registration(name: "乙公司", isAdmitted: true),
            RegisteredNames.Registration(name: "旧公司", isAdmitted: false),
        ])
        #expect(names.hold("甲(北京)公司 ") && names.hold("乙公司") && !names.hold("旧公司") && !names.hold("甲北京公司") && !names.hold(""))
        #expect(RegisteredNames([RegisteredNames.Registration(name: "旧公司", isAdmitted: false)]).hold("旧公司"))
        #expect(RegisteredNames([]).isEmpty && !RegisteredNames([]).hold(""))
    }

    @Test("BJ26-47: further refunds are reported, of all of them together no more than was paid; then nothing is left to report or demand")
    func furtherRefunds() throws {
        let programme = try City.programme()
        var paid = try City.paid()
        func owe(_ amount: Int64?, _ command: String = "report-refund", by actor: Actor = City.supplier) -> Refusal? {
            refusal { _ = try paid.oweReturn(command, amountFen: amount.map { Fen($0) }, reason: "退款", by: actor, in: programme) }
        }
        func receive(_ amount: Int64) -> Refusal? {
            refusal {
                _ = try paid.receive(amountFen: Fen(amount), bankReference: "IN", isReferenceKnown: false, by: City.wang, in: programme)
            }
        }
        #expect(owe(1000) == nil)
        #expect(owe(2000) == nil)
        #expect(paid.owedFen == Fen(3000))
        // Part of the first refund, the rest of it with the second one whole; never a part of a later one.
        #expect(receive(1001)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(receive(400) == nil)
        #expect(receive(700)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(receive(2601)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(receive(2600) == nil)
        #expect(paid.state == "returned" && paid.returnedFen == Fen(3000))
        // After all of it came back, more may be refunded.
        #expect(owe(2_997_001)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(owe(.max)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(owe(nil) == nil)
        #expect(paid.state == "return-due" && paid.owedFen == paid.amountFen)
        #expect(owe(1)?.clauses == ["QUAN-15", "BJ26-47"])
        #expect(owe(nil, "demand-funds", by: City.wang)?.clauses == ["QUAN-15", "BJ26-47", "BJ26-48"])
        #expect(receive(2_997_000) == nil)
        #expect(paid.state == "returned")
    }

    @Test(
        "QUAN-42: a bank reference counts in capital letters, in the usual width and without blanks around it",
        arguments: [("ref1", "REF1"), (" REF1\t", "REF1"), ("ｒｅｆ１", "REF1"), ("\u{3000}REF 1", "REF 1"), ("  ", "")])
    func reference(text: String, key: String) { #expect(BankReference.key(of: text) == key) }
}
