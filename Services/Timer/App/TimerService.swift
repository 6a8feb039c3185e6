import Kernel
import Messaging
import ServiceHost
import ServiceLifecycle

/// The service `timer`.
@main
enum TimerService {
    static func main() async { await ServiceHost.run(description) }

    static let description = ServiceDescription(
        TimerContents.contents, purpose: "Keeps timers for the other services, and tells when they have come due.",
        settings: TimerSettings.all, tables: [TimerTables.migrations], further: parts)

    @Sendable
    private static func parts(_ context: ServiceContext, _ messaging: MessagingRuntime<TimerRows>) throws -> ServiceParts {
        let isRehearsal = context.settings[HostSettings.rehearsal]
        let time: FiringTime = isRehearsal ? .rehearsal : .wall(WallClock())
        let setup = RehearsalSetup(
            speaker: messaging.speaker, isRehearsal: isRehearsal,
            startsAt: try TimerSettings.startsAt(context.settings, now: WallClock().now()))
        let measures = TimerMeasures()
        let firing = FiringLoop(
            pool: context.pool, speaker: messaging.speaker, time: time, pause: context.settings[TimerSettings.pause], measures: measures)
        let tending = Tending(
            pool: context.pool, time: time, calendar: .stateCouncil, retention: context.settings[TimerSettings.retention],
            measures: measures, logger: context.logger)
        return ServiceParts([
            component("tending") { await tending.run(every: .seconds(15)) },
            firingComponent(setup, firing, context),
        ])
    }

    private static func firingComponent(_ setup: RehearsalSetup, _ firing: FiringLoop, _ context: ServiceContext) -> ServiceComponent {
        let state = context.readiness.addFlag("firing", initially: .unwell("no timer was looked for yet"))
        let heartbeat = context.liveness.addLoop("firing", silenceBound: .seconds(120))
        return component("firing") {
            try await setup.run()
            await firing.run { problem in
                heartbeat.tick()
                state.set(problem.map { .unwell($0) } ?? .well)
            }
            heartbeat.end()
        }
    }

    private static func component(_ name: String, _ body: @escaping @Sendable () async throws -> Void) -> ServiceComponent {
        ServiceComponent(name) { try await cancelWhenGracefulShutdown { try await body() } }
    }
}
