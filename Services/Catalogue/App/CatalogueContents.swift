import Access
import Messaging

/// Everything `catalogue` takes, and from whom.
enum CatalogueContents {
    static let contents = Contents(
        service: "catalogue", rows: CatalogueRows.self, commandsFrom: ["portal", "identity", "ordering", "redemption", "payout"],
        keepsHeadsOf: ["portal"]
    ) {
        Takes(PublishProgrammeHandler())
        Takes(RegisterInstitutionHandler())
        Takes(ListProductHandler())
        Takes(ChangeProductHandler())
        Takes(AppointOfficeHandler<CatalogueRows>(from: ["identity", "ordering", "redemption", "payout"]))
        Follows(KeyPublishedHandler<CatalogueRows>())
    }
}
