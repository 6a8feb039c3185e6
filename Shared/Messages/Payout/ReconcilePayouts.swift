/// Asks payout to hold its disbursements against the bank's statement. By an officer, or by `quan`. Answered with `PayoutsReconciled`.
public struct ReconcilePayouts: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("payout", "reconcile-payouts")

    /// Reconciles.
    public init() {}
}
