import Foundation
import Kernel
import PayoutDomain
import Programme
import Testing

@Suite("BJ26-47: refunds are reported and the funds are returned")
struct ReturnClauseTests {
    @Test("BJ26-47: the institution can report a refund after payment; without the step it cannot")
    func report() throws {
        let programme = try Samples.programme()
        func report(_ disbursement: Disbursement, by actor: Actor, in programme: Programme) -> Refusal? {
            var copy = disbursement
            return refusal {
                _ = try copy.oweReturn("report-refund", amountFen: Fen(250_000), reason: "部分退款", by: actor, in: programme)
                #expect(copy.state == "return-due" && copy.owedFen == Fen(250_000))
            }
        }
        let paid = try Samples.paid()
        #expect(report(paid, by: Samples.supplier, in: programme) == nil)
        let other = Actor(person: "x", organisation: UUID(), roles: ["institution"])
        #expect(report(paid, by: other, in: programme)?.clauses == ["QUAN-10", "BJ26-47"])
        #expect(report(try Samples.sent().0, by: Samples.supplier, in: programme)?.clauses == ["QUAN-15", "BJ26-47"])
        var without = programme
        for index in without.procedures.indices { without.procedures[index].steps.removeAll { $0.id == "report-refund" } }
        #expect(report(paid, by: Samples.supplier, in: without)?.clauses == ["QUAN-07"])
    }

    @Test("BJ26-47: a report needs a reason; without the rule it needs none")
    func reason() throws {
        let programme = try Samples.programme()
        var paid = try Samples.paid()
        let refused = refusal { _ = try paid.oweReturn("report-refund", amountFen: nil, reason: nil, by: Samples.supplier, in: programme) }
        #expect(refused?.clauses == ["QUAN-01", "BJ26-47"])
        let altered = try programme.altering("report-refund") { $0.needsReason = false }
        #expect(refusal { _ = try paid.oweReturn("report-refund", amountFen: nil, reason: nil, by: Samples.supplier, in: altered) } == nil)
        #expect(paid.owedFen == paid.amountFen)
    }

    @Test("BJ26-47: the bureau can demand funds back, an institution cannot")
    func demand() throws {
        let programme = try Samples.programme()
        var paid = try Samples.paid()
        let refused = refusal {
            _ = try paid.oweReturn("demand-funds", amountFen: nil, reason: "虚构合同", by: Samples.supplier, in: programme)
        }
        #expect(refused?.clauses == ["QUAN-10", "BJ26-47", "BJ26-48"])
        #expect(refusal { _ = try paid.oweReturn("demand-funds", amountFen: nil, reason: "虚构合同", by: Samples.wang, in: programme) } == nil)
        #expect(paid.state == "return-due")
    }

    @Test("BJ26-47: a reported amount must be positive and at most the paid amount", arguments: [Int64(0), -1, 3_000_001, .max, .min])
    func bounds(amount: Int64) throws {
        var paid = try Samples.paid()
        let refused = refusal {
            _ = try paid.oweReturn("report-refund", amountFen: Fen(amount), reason: "退款", by: Samples.supplier, in: try Samples.programme())
        }
        #expect(refused?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(paid.state == "paid" && paid.owedFen == .zero)
    }

    @Test("BJ26-47: funds are received in parts, at most the owed amount, each bank reference once; the last part completes the return")
    func receive() throws {
        let programme = try Samples.programme()
        var paid = try Samples.paid()
        _ = try paid.oweReturn("report-refund", amountFen: Fen(1000), reason: "退款", by: Samples.supplier, in: programme)
        func receive(_ amount: Int64, known: Bool = false, in programme: Programme? = nil) throws -> Refusal? {
            let programme = try programme ?? Samples.programme()
            return refusal {
                _ = try paid.receive(
                    amountFen: Fen(amount), bankReference: "IN1", isReferenceKnown: known, by: Samples.wang, in: programme)
            }
        }
        #expect(try receive(400) == nil)
        #expect(paid.state == "return-due" && paid.returnedFen == Fen(400))
        #expect(try receive(601)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(try receive(.max)?.clauses == ["QUAN-11", "BJ26-47"])
        #expect(try receive(100, known: true)?.clauses == ["QUAN-42", "BJ26-47"])
        #expect(try receive(600) == nil)
        #expect(paid.state == "returned" && paid.returnedFen == Fen(1000))
        #expect(try receive(1)?.clauses == ["QUAN-15", "BJ26-47"])
    }
}
