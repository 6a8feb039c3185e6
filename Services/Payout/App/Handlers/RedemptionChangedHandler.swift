import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain

/// Notes how a redemption stands. Once it may be paid and ordering has posted it, its disbursement is due.
struct RedemptionChangedHandler: Handler {
    func wants(_ input: RedemptionChanged, in rows: inout PayoutRows) { rows.wantOpening(of: input.redemption.orderID) }

    func handle(_ input: RedemptionChanged, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
        rows.openings[input.redemption.orderID].redemptionState = input.redemption.state
        rows.openings[input.redemption.orderID].amountFen = input.redemption.payableFen
        try rows.open(input.redemption.orderID, at: context.now, &say)
    }
}
