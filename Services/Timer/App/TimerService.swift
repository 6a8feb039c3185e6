import Kernel
import Messaging
import ServiceHost
import ServiceLifecycle

/// The service `timer`.
@main
enum TimerService {
    static func main() async { await ServiceHost.run(description) }

    static let description = ServiceDescription(
        TimerHandlers.registry, purpose: "Keeps timers for the other services, and publishes an event when a timer is due.",
        settings: TimerSettings.all, rules: TimerSettings.rules, tables: [TimerTables.migrations], further: parts)

    @Sendable
    private static func parts(_ context: ServiceContext, _ messaging: MessagingRuntime<TimerRows>) throws -> ServiceParts {
        let isRehearsal = context.settings[HostSettings.rehearsal]
        let clock: TimerClock = isRehearsal ? .rehearsal : .wall(WallClock())
        let setup = RehearsalSetup(
            publisher: messaging.publisher, isRehearsal: isRehearsal,
            startsAt: try TimerSettings.startsAt(context.settings, now: WallClock().now()))
        let metrics = TimerMetrics()
        let firing = DueTimerLoop(
            pool: context.pool, publisher: messaging.publisher, clock: clock, interval: context.settings[TimerSettings.interval],
            metrics: metrics)
        let maintenance = TimerMaintenance(
            pool: context.pool, clock: clock, calendar: .stateCouncil, retention: context.settings[TimerSettings.retention],
            metrics: metrics, logger: context.logger)
        var components = [
            component("maintenance") { await maintenance.run(every: .seconds(15)) },
            firingComponent(setup, firing, context),
        ]
        if isRehearsal {
            components.append(component("clock") { [logger = context.logger] in await firing.runOnClockMoves(logger: logger) })
        }
        return ServiceParts(components)
    }

    private static func firingComponent(_ setup: RehearsalSetup, _ firing: DueTimerLoop, _ context: ServiceContext) -> ServiceComponent {
        let state = context.readiness.addFlag("firing", initially: .unwell("the first check for due timers has not run yet"))
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
