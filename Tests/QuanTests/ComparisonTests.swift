import Foundation
import Kernel
import Messages
import Season
import Testing

@testable import quan

/// A season of one order that was paid, told by three sources that agree.
private struct Told {
    var scenes: [Scene]
    var tally = Tally()
    var holdings = Holdings()
    var bookings: [BankBooking]

    init() throws {
        let plot = try #require(Season(seed: 1, size: .small).orders.first)
        let orderID = UUID(), instruction = UUID()
        var scene = Scene(plot, index: 0)
        scene.orderID = orderID
        scene.last = .publish
        scenes = [scene]
        holdings.orders = [Self.order(orderID, state: "contracted")]
        holdings.redemptions = [Self.redemption(orderID)]
        holdings.disbursements = [Self.disbursement(orderID, instruction)]
        bookings = [
            BankBooking(instruction: instruction.uuidString.lowercased().replacing("-", with: ""), amountFen: 300_000)
        ]
    }

    var comparison: Comparison {
        Comparison(SeasonPlay.Result(tally: tally, scenes: scenes), holdings, bookings)
    }

    static func order(_ id: UUID, state: String) -> OrderSnapshot {
        OrderSnapshot(
            orderID: id, number: "1", programmeID: "p", programmeVersion: 1, enterpriseID: UUID(), enterpriseName: "e",
            institutionID: UUID(), institutionName: "i", productID: UUID(), productName: "x", guideLowFen: Fen(1), guideHighFen: Fen(2),
            voucherFen: Fen(300_000), placedAt: Date(timeIntervalSince1970: 0), firstPlacedOn: Season.opens, state: state, dueAt: nil)
    }

    static func redemption(_ id: UUID) -> RedemptionSnapshot {
        RedemptionSnapshot(
            orderID: id, orderNumber: "1", programmeID: "p", programmeVersion: 1, institutionID: UUID(), institutionName: "i",
            enterpriseID: UUID(), enterpriseName: "e", productID: UUID(), productName: "x", state: "approved", reservedFen: Fen(300_000))
    }

    static func disbursement(_ order: UUID, _ instruction: UUID) -> DisbursementSnapshot {
        DisbursementSnapshot(
            disbursementID: UUID(), orderID: order, programmeID: "p", programmeVersion: 1, institutionID: UUID(), institutionName: "i",
            amountFen: Fen(300_000), state: "paid", attempt: 1, instructionID: instruction)
    }
}

@Suite("The three sources of a season")
struct ComparisonTests {
    @Test("sources that agree show nothing lost, doubled or stuck")
    func agreement() throws {
        let found = try Told().comparison
        #expect(found.lost.isEmpty && found.duplicated.isEmpty && found.stuck.isEmpty)
    }

    @Test("an order that was answered and is not there is lost")
    func droppedOrder() throws {
        var told = try Told()
        told.holdings.orders = []
        #expect(told.comparison.lost.count == 1)
    }

    @Test("an order whose last step did not reach the database is lost")
    func droppedStep() throws {
        var told = try Told()
        told.scenes[0].last = .decline
        #expect(told.comparison.lost.count == 1)
    }

    @Test("a payment that the bank knows nothing of is lost, and so is one of another amount")
    func droppedPayment() throws {
        var told = try Told()
        let booking = told.bookings[0]
        told.bookings = []
        #expect(told.comparison.lost.count == 1)
        told.bookings = [BankBooking(instruction: booking.instruction, amountFen: booking.amountFen + 1)]
        #expect(told.comparison.lost.count == 1)
    }

    @Test("a payment that was booked twice is doubled, whether under one instruction or under another")
    func doubledPayment() throws {
        var told = try Told()
        told.bookings.append(told.bookings[0])
        #expect(told.comparison.duplicated.count == 1)
        told = try Told()
        told.bookings.append(BankBooking(instruction: "other", amountFen: 300_000))
        #expect(told.comparison.duplicated.count == 1)
    }

    @Test("an order that nobody placed is doubled")
    func doubledOrder() throws {
        var told = try Told()
        told.holdings.orders.append(Told.order(UUID(), state: "expired"))
        #expect(told.comparison.duplicated.count == 1)
    }

    @Test("a request without an answer, a parked message, and whatever does not come to its end are stuck")
    func stalled() throws {
        var told = try Told()
        told.tally.unanswered = 1
        told.holdings.parked = 1
        #expect(told.comparison.stuck.count == 2)
        told = try Told()
        told.holdings.orders = [Told.order(told.scenes[0].orderID ?? UUID(), state: "placed")]
        #expect(told.comparison.stuck.count == 1)
    }
}
