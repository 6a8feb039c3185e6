import Access
import Messaging

/// Everything `catalogue` takes, and from whom.
enum CatalogueContents {
    static let contents = Contents(service: "catalogue", rows: CatalogueRows.self, commandsFrom: ["portal"], keepsHeadsOf: ["portal"]) {
        Takes(PublishProgrammeHandler())
        Takes(RegisterInstitutionHandler())
        Takes(ListProductHandler())
        Takes(ChangeProductHandler())
        Follows(KeyPublishedHandler<CatalogueRows>())
    }
}
