import Access
import FileStore
import Messaging
import ProgrammeStore

/// Everything that `redemption` takes, and from whom.
enum RedemptionContents {
    static let name = "redemption"

    /// `files` is where uploaded papers lie.
    static func contents(files: FileStore) -> Contents<RedemptionRows> {
        Contents(service: name, rows: RedemptionRows.self, commandsFrom: ["portal", "redemption"]) {
            Takes(ApplyRedemptionHandler(files: files))
            Takes(DecideRedemptionHandler(files: files))
            Takes(LapseRedemptionHandler())
            Follows(OrderChangedHandler())
            Follows(TimerFiredHandler())
            Follows(KeyPublishedHandler<RedemptionRows>())
            Follows(OfficeAppointedHandler<RedemptionRows>())
            Follows(ProgrammePublishedHandler<RedemptionRows>())
        }
    }
}
