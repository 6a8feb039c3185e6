import Access
import IdentityDomain
import Messaging
import ProgrammeStore

/// Everything that `identity` takes, and from whom.
enum IdentityContents {
    static let name = "identity"

    static func contents(_ creditSource: CreditSource) -> Contents<IdentityRows> {
        Contents(service: name, rows: IdentityRows.self, commandsFrom: ["ordering", "portal"]) {
            Takes(RegisterEnterpriseHandler(creditSource: creditSource))
            Takes(AppealEntitlementHandler())
            Takes(DecideAppealHandler(creditSource: creditSource))
            Takes(RecordCreditHandler())
            Takes(CheckCreditHandler(creditSource: creditSource))
            Follows(WindowOpenedHandler(creditSource: creditSource))
            Follows(ProgrammePublishedHandler<IdentityRows>())
            Follows(OfficeAppointedHandler<IdentityRows>())
        }
    }
}
