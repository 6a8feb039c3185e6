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
        _ attempts: [Reconciliation.Attempt], _ bookings: [Reconciliation.Booking], since: Set<UUID> = []
    ) -> [PayoutsReconciled.Finding.Kind] {
        Reconciliation.compare(attempts: attempts, bookings: bookings, bookedSince: since, statementAt: City.now).findings.map(\.kind)
    }

    @Test("books that agree have no finding, and an attempt whose answer is on its way is none")
    func agree() {
        let paid = attempt(.booked)
        let open = attempt(.unknown)
        let rejected = attempt(.rejected)
        #expect(findings([paid, open, rejected], [booking(paid.instructionID), booking(open.instructionID)]).isEmpty)
        #expect(findings([open], []).isEmpty)
    }

    @Test("paid here and not there, there and not here, another amount, and twice are each found")
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

    @Test("what was booked here after the statement was fetched is not held against it")
    func since() {
        let paid = attempt(.booked)
        #expect(findings([paid], [], since: [paid.instructionID]).isEmpty)
    }
}
