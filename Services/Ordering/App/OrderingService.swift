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
            rules: [.readable(HostSettings.offices) { _ = try officeRule($0) }], tables: OrderingTables.all,
            registry: { settings in
                OrderingHandlers.registry
                    .applyingOfficeRule(try officeRule(settings))
            },
            further: { context, _ in
                context.readiness.add("programmes") { [pool = context.pool] in
                    await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
                }
                return ServiceParts([])
            })
        await ServiceHost.run(description)
    }

    @Sendable private static func officeRule(_ settings: Settings) throws -> OfficeRule {
        try OfficeRule(settings[HostSettings.offices], isRehearsal: settings[HostSettings.rehearsal])
    }
}
