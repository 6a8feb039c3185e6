import Access
import Messaging
import ProgrammeStore

/// The handlers of `payout` and the senders of its commands.
enum PayoutHandlers {
    static let name = "payout"

    /// - Parameters:
    ///   - cipher: decrypts account numbers that are sealed for the service.
    ///   - channels: the payment channels of this installation.
    ///   - statementAgeAtMost: the greatest age of a statement that counts as current.
    static func registry(
        cipher: AccountCipher, channels: Set<String> = ["bank"], statementAgeAtMost: Duration = .seconds(900)
    ) -> HandlerRegistry<PayoutRows> {
        HandlerRegistry(service: name, rows: PayoutRows.self, commandsFrom: ["portal"]) {
            Handles(BatchPayoutsHandler(cipher: cipher))
            Handles(DecidePayoutHandler(cipher: cipher, channels: channels))
            Handles(RegisterPayeeHandler(cipher: cipher))
            Handles(ReconcilePayoutsHandler(statementAgeAtMost: statementAgeAtMost))
            Subscribes(RedemptionChangedHandler())
            Subscribes(OrderChangedHandler())
            Subscribes(InstitutionChangedHandler())
            Subscribes(KeyPublishedHandler<PayoutRows>())
            Subscribes(OfficeAppointedHandler<PayoutRows>())
            Subscribes(ProgrammePublishedHandler<PayoutRows>())
        }
    }
}
