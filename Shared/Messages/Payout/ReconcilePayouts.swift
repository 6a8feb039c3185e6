/// Asks payout to reconcile its disbursements with the bank's statement. Sent by an officer or by `quan`. Answered with
/// `PayoutsReconciled`.
public struct ReconcilePayouts: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "reconcile-payouts")

    /// Requests a reconciliation.
    public init() {}
}
