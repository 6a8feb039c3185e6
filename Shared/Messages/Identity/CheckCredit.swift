public import Foundation
public import Kernel

/// Asks identity for an enterprise's current credit standing, for an order that waits for the check. Sent by `ordering`.
///
/// Identity answers with `CreditChecked` to `ordering`, under the order's key.
public struct CheckCredit: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("identity", "check-credit")

    /// The order that waits for the check.
    public let orderID: UUID
    /// The enterprise.
    public let enterpriseID: UUID
    /// The programme the order was placed under.
    @Text<CodeText> public private(set) var programmeID: String
    /// The programme's version.
    public let programmeVersion: Int

    /// Requests a check for an order.
    public init(orderID: UUID, enterpriseID: UUID, programmeID: String, programmeVersion: Int) {
        self.orderID = orderID
        self.enterpriseID = enterpriseID
        self.programmeID = programmeID
        self.programmeVersion = programmeVersion
    }
}
