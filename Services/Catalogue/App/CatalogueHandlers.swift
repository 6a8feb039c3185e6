import Access
import Messaging

/// The commands and events of `catalogue`, and the services it accepts commands from.
enum CatalogueHandlers {
    static let registry = HandlerRegistry(
        service: "catalogue", rows: CatalogueRows.self, commandsFrom: ["portal", "identity", "ordering", "redemption", "payout"],
        auditHeadsFrom: ["portal"]
    ) {
        Handles(PublishProgrammeHandler())
        Handles(RegisterInstitutionHandler())
        Handles(ListProductHandler())
        Handles(ChangeProductHandler())
        Handles(AppointOfficeHandler<CatalogueRows>(from: ["identity", "ordering", "redemption", "payout"]))
        Subscribes(KeyPublishedHandler<CatalogueRows>())
    }
}
