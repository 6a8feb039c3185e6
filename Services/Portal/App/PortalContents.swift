import Access
import Messaging
import ProgrammeStore

/// Everything `portal` takes: what others tell, for its read models, and the answers to what it asks.
enum PortalContents {
    static let name = "portal"

    static let contents = Contents(
        service: name, rows: PortalRows.self, asks: ["catalogue", "identity", "ordering", "redemption", "payout"]
    ) {
        Follows(EnterpriseChangedHandler())
        Follows(InstitutionChangedHandler())
        Follows(ProductChangedHandler())
        Follows(OrderChangedHandler())
        Follows(RedemptionChangedHandler())
        Follows(DisbursementChangedHandler())
        Follows(PayeeChangedHandler())
        Follows(PayoutKeyPublishedHandler())
        Follows(ClockMovedHandler())
        Follows(ProgrammePublishedHandler<PortalRows>())
        Follows(KeyPublishedHandler<PortalRows>())
        Follows(OfficeAppointedHandler<PortalRows>())
    }
}
