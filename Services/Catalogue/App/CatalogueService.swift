import Access
import Messaging
import ProgrammeStore
import ServiceHost

/// The service `catalogue`.
@main
enum CatalogueService {
    static func main() async { await ServiceHost.run(description) }

    static let description = ServiceDescription(
        CatalogueHandlers.registry.service, purpose: "Keeps programmes, institutions and their products.",
        rules: [.offices], tables: [programmes, access, CatalogueTables.migrations],
        registry: { settings in CatalogueHandlers.registry.applyingOfficeRule(try OfficeRule(settings)) }, further: parts)

    @Sendable
    private static func parts(_ context: ServiceContext, _: MessagingRuntime<CatalogueRows>) -> ServiceParts {
        context.readiness.add("programmes") { await ProgrammeReadiness.problem(context.pool).map { .unwell($0) } ?? .well }
        return ServiceParts([])
    }

    private static let programmes = MigrationSet(
        ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) })
    private static let access = MigrationSet(
        AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) })
}
