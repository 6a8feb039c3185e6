import Access
import FileStore
import Foundation
import Messaging
import ProgrammeStore
import ServiceHost
import ServiceLifecycle

/// The service `redemption`: from a contract to the decision that money may be paid.
@main
enum RedemptionService {
    static func main() async {
        let description = ServiceDescription(
            RedemptionContents.name, purpose: "Checks papers, decides what may be paid, and shows it to the public.",
            settings: FileSettings.all, tables: RedemptionTables.all,
            contents: { settings in
                RedemptionContents.contents(files: store(settings))
                    .judging(by: try OfficeRule(settings[HostSettings.offices], isRehearsal: settings[HostSettings.rehearsal]))
            },
            further: { context, _ in
                context.readiness.add("programmes") { [pool = context.pool] in
                    await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
                }
                context.readiness.add("settlements") { [pool = context.pool] in
                    await SettlementWatch.problem(pool).map { .unwell($0) } ?? .well
                }
                let tending = FileTending(
                    pool: context.pool, store: store(context.settings), unusedFor: context.settings[FileSettings.unusedFor],
                    measures: FileMeasures(), logger: context.logger)
                return ServiceParts([
                    ServiceComponent("files") { await cancelWhenGracefulShutdown { await tending.run(every: .seconds(60)) } }
                ])
            })
        await ServiceHost.run(description)
    }

    private static func store(_ settings: Settings) -> FileStore {
        FileStore(folder: URL(filePath: settings[FileSettings.path], directoryHint: .isDirectory))
    }
}
