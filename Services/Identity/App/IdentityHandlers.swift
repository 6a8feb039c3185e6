import Access
import IdentityDomain
import Messaging
import ProgrammeStore

/// The commands and events of `identity`, and the services it accepts commands from.
enum IdentityHandlers {
    static let name = "identity"

    static func registry(_ creditSource: CreditSource) -> HandlerRegistry<IdentityRows> {
        HandlerRegistry(service: name, rows: IdentityRows.self, commandsFrom: ["ordering", "portal"]) {
            Handles(RegisterEnterpriseHandler(creditSource: creditSource))
            Handles(AppealEntitlementHandler())
            Handles(DecideAppealHandler(creditSource: creditSource))
            Handles(RecordCreditHandler())
            Handles(CheckCreditHandler(creditSource: creditSource))
            Subscribes(WindowOpenedHandler(creditSource: creditSource))
            Subscribes(ProgrammePublishedHandler<IdentityRows>())
            Subscribes(OfficeAppointedHandler<IdentityRows>())
        }
    }
}
