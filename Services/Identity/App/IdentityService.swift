import Access
import IdentityDomain
import Kernel
import Logging
import Messaging
import ProgrammeStore
import ServiceHost
import ServiceLifecycle

/// The service `identity`: who may do what, and who is entitled to how much.
@main
enum IdentityService {
    static func main() async {
        await ServiceHost.run(description)
    }

    static let description = ServiceDescription(
        IdentityContents.name, purpose: "Registers enterprises, judges entitlement and credit, signs access tokens.",
        settings: IdentitySettings.all, tables: IdentityTables.all,
        contents: { settings in
            IdentityContents.contents(CreditSource(rawValue: settings[IdentitySettings.creditSource]) ?? .recorded)
                .judging(by: try OfficeRule(settings[HostSettings.offices], isRehearsal: settings[HostSettings.rehearsal]))
        },
        further: { context, runtime in
            context.readiness.add("programmes") { [pool = context.pool] in
                await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
            }
            return try parts(context, runtime.speaker)
        })

    private static func parts(_ context: ServiceContext, _ speaker: Speaker) throws -> ServiceParts {
        let settings = context.settings
        let lifetime = settings[IdentitySettings.tokenLifetime].wholeSeconds
        let rota = KeyRota(
            life: settings[IdentitySettings.keyLife].wholeSeconds, lead: settings[IdentitySettings.keyLead].wholeSeconds,
            rest: lifetime + 600)
        let store = KeyStore(seal: try settings[IdentitySettings.masterKey].map { try KeySeal(masterKey: $0) })
        let keys = KeyKeeper(store: store, rota: rota, speaker: speaker, logger: Logger(label: "keys"))
        context.readiness.add("keys") { keys.published.isEmpty ? .unwell("no signing key yet") : .well }
        return ServiceParts(
            [ServiceComponent("keys") { try await cancelWhenGracefulShutdown { try await keys.run() } }],
            routes: SignInRoutes(keys: keys, sandbox: sandbox(context, keys, lifetime)).add)
    }

    private static func sandbox(_ context: ServiceContext, _ keys: KeyKeeper, _ lifetime: Double) -> SandboxSignIn? {
        guard context.settings[IdentitySettings.sandboxSignIn] else { return nil }
        context.logger.warning("the sandbox sign-in is on: anybody who reaches this port can have any token")
        return SandboxSignIn(keys: keys, lifetime: lifetime, isRehearsal: context.settings[HostSettings.rehearsal], clock: WallClock())
    }
}
