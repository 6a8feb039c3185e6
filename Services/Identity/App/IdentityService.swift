import Access
import IdentityDomain
import Kernel
import Logging
import Messaging
import ProgrammeStore
import ServiceHost
import ServiceLifecycle

/// The service `identity`: registration, entitlement, credit and access tokens.
@main
enum IdentityService {
    static func main() async {
        await ServiceHost.run(description)
    }

    static let description = ServiceDescription(
        IdentityHandlers.name, purpose: "Registers enterprises, decides entitlement, checks credit, signs access tokens.",
        settings: IdentitySettings.all, rules: IdentitySettings.rules + [.offices],
        tables: IdentityTables.all,
        registry: { settings in
            IdentityHandlers.registry(CreditSource(rawValue: settings[IdentitySettings.creditSource]) ?? .recorded)
                .applyingOfficeRule(try OfficeRule(settings))
        },
        further: { context, runtime in
            context.readiness.add("programmes") { [pool = context.pool] in
                await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
            }
            return try parts(context, runtime.publisher)
        })

    private static func parts(_ context: ServiceContext, _ publisher: OutboxPublisher) throws -> ServiceParts {
        let settings = context.settings
        let lifetime = settings[IdentitySettings.tokenLifetime].wholeSeconds
        let policy = KeyRotationPolicy(
            life: settings[IdentitySettings.keyLife].wholeSeconds, lead: settings[IdentitySettings.keyLead].wholeSeconds,
            rest: lifetime + 600)
        let store = KeyStore(seal: try settings[IdentitySettings.masterKey].map { try KeySeal(masterKey: $0) })
        let keys = KeyRotator(store: store, policy: policy, publisher: publisher, logger: Logger(label: "keys"))
        context.readiness.add("keys") { keys.published.isEmpty ? .unwell("no signing key yet") : .well }
        return ServiceParts(
            [ServiceComponent("keys") { try await cancelWhenGracefulShutdown { try await keys.run() } }],
            routes: SignInRoutes(keys: keys, sandbox: sandbox(context, keys, lifetime)).add)
    }

    private static func sandbox(_ context: ServiceContext, _ keys: KeyRotator, _ lifetime: Double) -> SandboxSignIn? {
        guard context.settings[IdentitySettings.sandboxSignIn] else { return nil }
        context.logger.warning("the sandbox sign-in is on: every client that reaches this port can get a token for any person and role")
        return SandboxSignIn(keys: keys, lifetime: lifetime, isRehearsal: context.settings[HostSettings.rehearsal], clock: WallClock())
    }
}
