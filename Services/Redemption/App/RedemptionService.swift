import Access
import FileStore
import Foundation
import Messaging
import ProgrammeStore
import ServiceHost

/// The service `redemption`: from a contract to the decision that money may be paid.
@main
enum RedemptionService {
    static func main() async {
        let description = ServiceDescription(
            RedemptionContents.name, purpose: "Checks papers, decides what may be paid, and shows it to the public.",
            settings: [FilesSetting.path.declaration], tables: RedemptionTables.all,
            contents: { settings in
                RedemptionContents.contents(
                    files: FileStore(folder: URL(filePath: settings[FilesSetting.path], directoryHint: .isDirectory))
                ).judging(by: try OfficeRule(settings[HostSettings.offices], isRehearsal: settings[HostSettings.rehearsal]))
            },
            further: { context, _ in
                context.readiness.add("programmes") { [pool = context.pool] in
                    await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
                }
                context.readiness.add("settlements") { [pool = context.pool] in
                    await SettlementWatch.problem(pool).map { .unwell($0) } ?? .well
                }
                return ServiceParts([])
            })
        await ServiceHost.run(description)
    }
}
