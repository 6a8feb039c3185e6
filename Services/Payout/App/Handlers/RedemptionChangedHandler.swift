import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain

/// Saves the state and payable amount of a redemption, and opens its disbursement once ordering has posted it too.
struct RedemptionChangedHandler: Handler {
    func requestRows(for input: RedemptionChanged, in rows: inout PayoutRows) { rows.requestPrerequisites(of: input.redemption.orderID) }

    func handle(_ input: RedemptionChanged, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
        rows.prerequisites[input.redemption.orderID].redemptionState = input.redemption.state
        rows.prerequisites[input.redemption.orderID].amountFen = input.redemption.payableFen
        try rows.openDisbursement(of: input.redemption.orderID, at: context.now, &output)
    }
}
