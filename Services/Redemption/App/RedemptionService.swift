import Access
import FileStore
import Foundation
import Messaging
import ProgrammeStore
import ServiceHost
import ServiceLifecycle

/// The service `redemption`: from the contract of an order to the final decision to pay.
@main
enum RedemptionService {
    static func main() async {
        let description = ServiceDescription(
            RedemptionHandlers.name, purpose: "Checks redemption papers, records the decisions on payment, and manages public notices.",
            settings: FileSettings.all, rules: [.offices],
            tables: RedemptionTables.all,
            registry: { settings in
                RedemptionHandlers.registry(files: store(settings))
                    .applyingOfficeRule(try OfficeRule(settings))
            },
            further: { context, _ in
                context.readiness.add("programmes") { [pool = context.pool] in
                    await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
                }
                context.readiness.add("settlements") { [pool = context.pool] in
                    await SettlementReadiness.problem(pool).map { .unwell($0) } ?? .well
                }
                let retention = FileRetention(
                    pool: context.pool, store: store(context.settings), unusedFor: context.settings[FileSettings.unusedFor],
                    metrics: FileMetrics(), logger: context.logger)
                return ServiceParts([
                    ServiceComponent("files") { await cancelWhenGracefulShutdown { await retention.run(every: .seconds(60)) } }
                ])
            })
        await ServiceHost.run(description)
    }

    private static func store(_ settings: Settings) -> FileStore {
        FileStore(folder: URL(filePath: settings[FileSettings.path], directoryHint: .isDirectory))
    }
}
