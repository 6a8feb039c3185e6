import Access
import FileStore
import Foundation
import Messaging
import ServiceHost

/// The service `portal`.
@main
enum PortalService {
    static func main() async { await ServiceHost.run(description) }

    static let description = ServiceDescription(
        PortalContents.name, purpose: "The HTTP API: takes what people ask, and shows what the services tell.",
        settings: PortalSettings.all, tables: PortalTables.migrations, contents: { _ in PortalContents.contents }, further: parts)

    @Sendable
    private static func parts(_ context: ServiceContext, _ messaging: MessagingRuntime<PortalRows>) throws -> ServiceParts {
        let api = PortalAPI(
            pool: context.pool, requests: messaging.requests, gate: TokenGate(pool: context.pool), roles: RoleGate(pool: context.pool),
            clock: PortalClock(pool: context.pool, isRehearsal: context.settings[HostSettings.rehearsal]),
            outcomeWait: context.settings[PortalSettings.outcomeWait],
            files: FileStore(folder: URL(filePath: context.settings[PortalSettings.filesPath])), readTable: try ReadTable.platform(),
            officeRule: try OfficeRule(context.settings[HostSettings.offices], isRehearsal: context.settings[HostSettings.rehearsal]),
            limits: CallerLimits(context.settings),
            logger: context.logger)
        return ServiceParts([], routes: { router in api.add(to: router) })
    }
}
