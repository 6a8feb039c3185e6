import Access
import Messaging
import ProgrammeStore

/// The messages of `portal`: events of the other services for its read models, and the answers to its commands.
enum PortalHandlers {
    static let name = "portal"

    static let registry = HandlerRegistry(
        service: name, rows: PortalRows.self, asks: ["catalogue", "identity", "ordering", "redemption", "payout"]
    ) {
        Subscribes(EnterpriseChangedHandler())
        Subscribes(InstitutionChangedHandler())
        Subscribes(ProductChangedHandler())
        Subscribes(OrderChangedHandler())
        Subscribes(RedemptionChangedHandler())
        Subscribes(DisbursementChangedHandler())
        Subscribes(PayeeChangedHandler())
        Subscribes(PayoutKeyPublishedHandler())
        Subscribes(ClockMovedHandler())
        Subscribes(ProgrammePublishedHandler<PortalRows>())
        Subscribes(KeyPublishedHandler<PortalRows>())
        Subscribes(OfficeAppointedHandler<PortalRows>())
    }
}
