import Access
import FileStore
import Messaging
import ProgrammeStore

/// The handlers of `redemption` and the senders of its commands.
enum RedemptionHandlers {
    static let name = "redemption"

    /// - Parameter files: the store of uploaded papers.
    static func registry(files: FileStore) -> HandlerRegistry<RedemptionRows> {
        HandlerRegistry(service: name, rows: RedemptionRows.self, commandsFrom: ["portal", "redemption"]) {
            Handles(ApplyRedemptionHandler(files: files))
            Handles(DecideRedemptionHandler(files: files))
            Handles(LapseRedemptionHandler())
            Subscribes(OrderChangedHandler())
            Subscribes(TimerFiredHandler())
            Subscribes(KeyPublishedHandler<RedemptionRows>())
            Subscribes(OfficeAppointedHandler<RedemptionRows>())
            Subscribes(ProgrammePublishedHandler<RedemptionRows>())
        }
    }
}
