import Foundation
import Kernel
import Messages
import Season
import Testing

@testable import QuanDemo

/// The three sources of a season with one paid order, which agree.
private struct ConsistentSeason {
    var orders: [SeasonOrder]
    var tally = Tally()
    var stored = StoredRecords()
    var bookings: [BankBooking]

    init() throws {
        let scenario = try #require(Season(seed: 1, size: .small).orders.first)
        let orderID = UUID(), instruction = UUID()
        var order = SeasonOrder(scenario, index: 0)
        order.orderID = orderID
        order.last = .publish
        orders = [order]
        stored.orders = [Self.order(orderID, state: "contracted")]
        stored.redemptions = [Self.redemption(orderID)]
        stored.disbursements = [Self.disbursement(orderID, instruction)]
        bookings = [
            BankBooking(instruction: instruction.uuidString.lowercased().replacing("-", with: ""), amountFen: 300_000)
        ]
    }

    var comparison: Comparison {
        Comparison(SeasonRunner.Result(tally: tally, orders: orders), stored, bookings)
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

@Suite("Comparison of the three sources of a season")
struct ComparisonTests {
    @Test("for consistent sources nothing is lost, duplicated or stuck")
    func agreement() throws {
        let found = try ConsistentSeason().comparison
        #expect(found.lost.isEmpty && found.duplicated.isEmpty && found.stuck.isEmpty)
    }

    @Test("an order that was answered but is not stored is lost")
    func droppedOrder() throws {
        var season = try ConsistentSeason()
        season.stored.orders = []
        #expect(season.comparison.lost.count == 1)
    }

    @Test("an order whose last action is not stored is lost")
    func droppedStep() throws {
        var season = try ConsistentSeason()
        season.orders[0].last = .decline
        #expect(season.comparison.lost.count == 1)
    }

    @Test("a payment that the bank has not booked, or has booked with another amount, is lost")
    func droppedPayment() throws {
        var season = try ConsistentSeason()
        let booking = season.bookings[0]
        season.bookings = []
        #expect(season.comparison.lost.count == 1)
        season.bookings = [BankBooking(instruction: booking.instruction, amountFen: booking.amountFen + 1)]
        #expect(season.comparison.lost.count == 1)
    }

    @Test("a payment booked twice is duplicated, under the same or another instruction")
    func doubledPayment() throws {
        var season = try ConsistentSeason()
        season.bookings.append(season.bookings[0])
        #expect(season.comparison.duplicated.count == 1)
        season = try ConsistentSeason()
        season.bookings.append(BankBooking(instruction: "other", amountFen: 300_000))
        #expect(season.comparison.duplicated.count == 1)
    }

    @Test("a stored order that was not placed is duplicated")
    func doubledOrder() throws {
        var season = try ConsistentSeason()
        season.stored.orders.append(ConsistentSeason.order(UUID(), state: "expired"))
        #expect(season.comparison.duplicated.count == 1)
    }

    @Test("a request without an answer, a parked message and an order without a final state are stuck")
    func stalled() throws {
        var season = try ConsistentSeason()
        season.tally.unanswered = 1
        season.stored.parked = 1
        #expect(season.comparison.stuck.count == 2)
        season = try ConsistentSeason()
        season.stored.orders = [ConsistentSeason.order(season.orders[0].orderID ?? UUID(), state: "placed")]
        #expect(season.comparison.stuck.count == 1)
    }
}
