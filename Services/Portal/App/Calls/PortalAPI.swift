import Access
import FileStore
import Hummingbird
import Logging
import Messaging
import Postgres
import ServiceHost

/// The API under `/api/v1`: its routes and their dependencies.
struct PortalAPI: Sendable {
    let pool: PostgresPool
    let requests: Requests
    let authenticator: TokenAuthenticator
    let authoriser: RoleAuthoriser
    let clock: PortalClock
    let outcomeWait: Duration
    let files: FileStore
    let readTable: ReadTable
    /// How the offices of the programmes are determined.
    let officeRule: OfficeRule
    var limits = CallerLimits.standard
    let logger: Logger

    func add(to router: Router<HTTPRequestContext>) {
        let routes = APIRoutes(group: router.group("/api/v1"), limits: limits, logger: logger)
        ClockRoutes(api: self).add(to: routes)
        ProgrammeRoutes(api: self).add(to: routes)
        CatalogueRoutes(api: self).add(to: routes)
        EnterpriseRoutes(api: self).add(to: routes)
        OfficerRoutes(api: self).add(to: routes)
        OrderRoutes(api: self).add(to: routes)
        OrderStepRoutes(api: self).add(to: routes)
        RedemptionRoutes(api: self).add(to: routes)
        PayoutRoutes(api: self).add(to: routes)
        CaseRoutes(api: self).add(to: routes)
        FileRoutes(api: self, store: files).add(to: routes)
        PaperRoutes(api: self, store: files).add(to: routes)
        OperationRoutes(api: self).add(to: routes)
        OpenAPIRoute().add(to: routes)
    }
}
