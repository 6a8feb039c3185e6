import Foundation
import Kernel
import Messages
import PayoutDomain
import Testing

@Suite("Reconciliation")
struct ReconciliationTests {
    private func attempt(_ state: Instruction.State, amount: Int64 = 100, disbursement: UUID = UUID()) -> Reconciliation.Attempt {
        Reconciliation.Attempt(instructionID: UUID(), disbursementID: disbursement, amountFen: Fen(amount), state: state)
    }

    private func booking(_ id: UUID?, _ amount: Int64 = 100, _ reference: String = "BK1") -> Reconciliation.Booking {
        Reconciliation.Booking(reference: reference, instructionID: id, amountFen: Fen(amount))
    }

    private func findings(
        _ attempts: [Reconciliation.Attempt], _ bookings: [Reconciliation.Booking], since: Set<UUID> = [], recorded: Set<String> = []
    ) -> [PayoutsReconciled.Finding.Kind] {
        var input = Reconciliation.Matter()
        (input.attempts, input.bookings, input.bookedSince, input.recordedReturns) = (attempts, bookings, since, recorded)
        return Reconciliation.compare(input).findings.map(\.kind)
    }

    @Test("equal books have no findings; an attempt without a final answer is no finding")
    func agree() {
        let paid = attempt(.booked)
        let open = attempt(.unknown)
        let rejected = attempt(.rejected)
        #expect(findings([paid, open, rejected], [booking(paid.instructionID), booking(open.instructionID)]).isEmpty)
        #expect(findings([open], []).isEmpty)
    }

    @Test("payments missing at the bank, missing here, with another amount, or booked twice are found")
    func differ() {
        let paid = attempt(.booked)
        let rejected = attempt(.rejected)
        #expect(findings([paid], []) == [.notAtTheBank])
        #expect(findings([rejected], [booking(rejected.instructionID)]) == [.notHere])
        #expect(findings([], [booking(UUID())]) == [.notHere])
        #expect(findings([], [booking(nil)]) == [.notHere])
        #expect(findings([paid], [booking(paid.instructionID, 101)]) == [.amountDiffers])
        #expect(findings([paid], [booking(paid.instructionID), booking(paid.instructionID, 100, "BK2")]) == [.twice])
    }

    @Test("two attempts of one disbursement that the bank has both booked are found")
    func paidTwice() {
        let disbursement = UUID()
        let first = attempt(.rejected, disbursement: disbursement)
        let second = attempt(.booked, disbursement: disbursement)
        let found = findings([first, second], [booking(first.instructionID), booking(second.instructionID, 100, "BK2")])
        #expect(Set(found) == [.notHere, .twice])
    }

    @Test("an attempt booked here after the statement was fetched is no finding")
    func since() {
        let paid = attempt(.booked)
        #expect(findings([paid], [], since: [paid.instructionID]).isEmpty)
    }

    private func credit(_ id: UUID?, _ amount: Int64 = 100, isReturn: Bool = false) -> Reconciliation.Booking {
        Reconciliation.Booking(reference: "RET1", instructionID: id, amountFen: Fen(amount), way: .credit, isReturn: isReturn)
    }

    @Test(
        "a credit for a paid attempt is a returned payment, marked as a return or not, in full or in part",
        arguments: [true, false])
    func returned(isReturn: Bool) {
        let paid = attempt(.booked)
        let id = paid.instructionID
        #expect(findings([paid], [booking(id), credit(id, isReturn: isReturn)]) == [.returned])
        #expect(findings([paid], [booking(id), credit(id, 1, isReturn: isReturn)]) == [.returned])
        #expect(findings([paid], [credit(id, isReturn: isReturn)]) == [.notAtTheBank, .returned])
    }

    @Test("a return that is recorded under its bank reference, or debited again, is no finding")
    func explainedReturn() {
        let paid = attempt(.booked)
        let id = paid.instructionID
        let again = Reconciliation.Booking(reference: "AGAIN", instructionID: id, amountFen: Fen(100), way: .debit, isReturn: true)
        #expect(findings([paid], [booking(id), credit(id)], recorded: ["RET1"]).isEmpty)
        #expect(findings([paid], [booking(id), credit(id), again]).isEmpty)
    }

    @Test("a rejected attempt that was booked and fully returned is no finding; otherwise it is")
    func rejectedAndTakenBack() {
        let rejected = attempt(.rejected)
        let id = rejected.instructionID
        #expect(findings([rejected], [booking(id), credit(id)]).isEmpty)
        #expect(findings([rejected], [booking(id), credit(id, 60)]) == [.notHere])
        #expect(findings([rejected], [booking(id), credit(id, 101)]) == [.returned])
    }

    @Test("an unknown return is found; a credit without reference is only counted")
    func otherCredits() {
        #expect(findings([], [credit(nil, isReturn: true)]) == [.creditUnknown])
        #expect(findings([], [credit(UUID())]) == [.creditUnknown])
        var input = Reconciliation.Matter()
        input.bookings = [credit(nil, 500)]
        let result = Reconciliation.compare(input)
        #expect(result.findings.isEmpty && result.creditedCount == 1 && result.creditedFen == Fen(500) && result.bookedCount == 0)
    }
}
