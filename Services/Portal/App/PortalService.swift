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
        PortalHandlers.name, purpose: "Serves the HTTP API: sends the callers' commands to the services, and shows the services' state.",
        settings: PortalSettings.all, rules: [.offices],
        tables: PortalTables.migrations, registry: { _ in PortalHandlers.registry }, further: parts)

    @Sendable
    private static func parts(_ context: ServiceContext, _ messaging: MessagingRuntime<PortalRows>) throws -> ServiceParts {
        let api = PortalAPI(
            pool: context.pool, requests: messaging.requests, authenticator: TokenAuthenticator(pool: context.pool),
            authoriser: RoleAuthoriser(pool: context.pool),
            clock: PortalClock(pool: context.pool, isRehearsal: context.settings[HostSettings.rehearsal]),
            outcomeWait: context.settings[PortalSettings.outcomeWait],
            files: FileStore(folder: URL(filePath: context.settings[PortalSettings.filesPath])), readTable: try ReadTable.platform(),
            officeRule: try OfficeRule(context.settings),
            limits: CallerLimits(context.settings),
            logger: context.logger)
        return ServiceParts([], routes: { router in api.add(to: router) })
    }
}
