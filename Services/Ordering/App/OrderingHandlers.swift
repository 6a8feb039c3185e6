import Access
import Messaging
import ProgrammeStore

/// The handlers of `ordering` and the senders of its commands.
enum OrderingHandlers {
    static let name = "ordering"

    static let registry = HandlerRegistry(
        service: name, rows: OrderRows.self, commandsFrom: ["identity", "ordering", "payout", "portal", "redemption"]
    ) {
        Handles(PlaceOrderHandler())
        Handles(DecideOrderHandler())
        Handles(RecordContractHandler())
        Handles(ConfirmContractHandler())
        Handles(DisputeContractHandler())
        Handles(RateServiceHandler())
        Handles(CreditCheckedHandler())
        Handles(SettleOrderHandler())
        Handles(LapseOrderHandler())
        Handles(CheckLedgerHandler())
        Subscribes(TimerFiredHandler())
        Subscribes(EnterpriseChangedHandler())
        Subscribes(InstitutionChangedHandler())
        Subscribes(ProductChangedHandler())
        Subscribes(RedemptionChangedHandler())
        Subscribes(KeyPublishedHandler<OrderRows>())
        Subscribes(OfficeAppointedHandler<OrderRows>())
        Subscribes(ProgrammePublishedHandler<OrderRows>())
    }
}
