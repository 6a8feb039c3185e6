import Access
import Messaging
import ProgrammeStore

/// Everything that `ordering` takes, and from whom.
enum OrderingContents {
    static let name = "ordering"

    static let contents = Contents(
        service: name, rows: OrderRows.self, commandsFrom: ["identity", "ordering", "payout", "portal", "redemption"]
    ) {
        Takes(PlaceOrderHandler())
        Takes(DecideOrderHandler())
        Takes(RecordContractHandler())
        Takes(ConfirmContractHandler())
        Takes(DisputeContractHandler())
        Takes(RateServiceHandler())
        Takes(CreditCheckedHandler())
        Takes(SettleOrderHandler())
        Takes(LapseOrderHandler())
        Takes(CheckLedgerHandler())
        Follows(TimerFiredHandler())
        Follows(EnterpriseChangedHandler())
        Follows(InstitutionChangedHandler())
        Follows(ProductChangedHandler())
        Follows(RedemptionChangedHandler())
        Follows(KeyPublishedHandler<OrderRows>())
        Follows(OfficeAppointedHandler<OrderRows>())
        Follows(ProgrammePublishedHandler<OrderRows>())
    }
}
