import Access
import Messaging
import ProgrammeStore
import ServiceHost

/// The service `ordering`: orders, contracts and the quota ledger.
@main
enum OrderingService {
    static func main() async {
        let description = ServiceDescription(
            OrderingHandlers.name, purpose: "Takes orders and keeps the quota ledger.",
            rules: [.offices], tables: OrderingTables.all,
            registry: { settings in OrderingHandlers.registry.applyingOfficeRule(try OfficeRule(settings)) },
            further: { context, _ in
                context.readiness.add("programmes") { [pool = context.pool] in
                    await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
                }
                return ServiceParts([])
            })
        await ServiceHost.run(description)
    }
}
