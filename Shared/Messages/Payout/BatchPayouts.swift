public import Foundation
public import Kernel

/// Asks payout to put due disbursements of a programme into a batch, which a second person approves. By an officer. The batch's id is the command's.
public struct BatchPayouts: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("payout", "batch-payouts")

    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// The disbursements; nil for all that are due. All of them go into the batch, or none does.
    public let disbursementIDs: [UUID]?

    /// Makes a batch.
    public init(programmeID: String, disbursementIDs: [UUID]? = nil) {
        self.programmeID = programmeID
        self.disbursementIDs = disbursementIDs
    }
}
