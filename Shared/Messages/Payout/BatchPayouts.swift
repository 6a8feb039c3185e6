public import Foundation
public import Kernel

/// Asks payout to put due disbursements of a programme into a batch, which a second person approves. Sent by an officer. The batch's id is
/// the command's id.
public struct BatchPayouts: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "batch-payouts")

    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// The disbursements; nil for all due ones. Either all of them go into the batch or none.
    public let disbursementIDs: [UUID]?

    /// Requests a batch.
    public init(programmeID: String, disbursementIDs: [UUID]? = nil) {
        self.programmeID = programmeID
        self.disbursementIDs = disbursementIDs
    }
}
