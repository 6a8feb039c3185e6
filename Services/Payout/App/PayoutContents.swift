import Access
import Messaging
import ProgrammeStore

/// Everything that `payout` takes, and from whom.
enum PayoutContents {
    static let name = "payout"

    /// - Parameters:
    ///   - vault: opens what is sealed for the service.
    ///   - channels: the channels to banks that this installation has.
    ///   - statementAgeAtMost: how old the bank's statement may be and still count as current.
    static func contents(
        vault: Vault, channels: Set<String> = ["bank"], statementAgeAtMost: Duration = .seconds(900)
    ) -> Contents<PayoutRows> {
        Contents(service: name, rows: PayoutRows.self, commandsFrom: ["portal"]) {
            Takes(BatchPayoutsHandler(vault: vault))
            Takes(DecidePayoutHandler(vault: vault, channels: channels))
            Takes(RegisterPayeeHandler(vault: vault))
            Takes(ReconcilePayoutsHandler(statementAgeAtMost: statementAgeAtMost))
            Follows(RedemptionChangedHandler())
            Follows(OrderChangedHandler())
            Follows(InstitutionChangedHandler())
            Follows(KeyPublishedHandler<PayoutRows>())
            Follows(OfficeAppointedHandler<PayoutRows>())
            Follows(ProgrammePublishedHandler<PayoutRows>())
        }
    }
}
