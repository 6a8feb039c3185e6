import Foundation
import Glibc
import Kafka
import Logging
import Messaging
import Postgres
import Toys

/// Runs a toy service as a process of its own, so that it can be killed.
///
/// It reads instructions from standard input and writes reports to standard output, one per line (`ToyInstruction`, `ToyReport`); its log
/// goes to standard error. It exits at once when standard input ends, because then its parent is gone.
@main
enum ToyService {
    static func main() async {
        do {
            let settings = try ToySettings(ProcessInfo.processInfo.environment)
            var logger = Logger(label: settings.instance) { StreamLogHandler.standardError(label: $0) }
            if settings.kafka.properties["debug"] != nil { logger.logLevel = .debug }
            let pool = PostgresPool(settings.database, logger: logger)
            let trap = FaultTrap()
            switch settings.role {
            case .counter: try await run(DeferringCounterService.registry, settings, pool, trap, logger)
            case .asker:
                let registry = FaultyAsker.registry(fault: settings.fault, poison: settings.poison)
                try await run(registry, settings, pool, trap, logger)
            }
            await pool.close(deadline: .seconds(2))
            exit(0)
        } catch {
            FileHandle.standardError.write(Data("the toy service ends: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run<Rows: UnitOfWork>(
        _ registry: HandlerRegistry<Rows>, _ settings: ToySettings, _ pool: PostgresPool, _ trap: FaultTrap, _ logger: Logger
    ) async throws {
        let runtime = try MessagingRuntime(
            registry, pool: pool, kafka: settings.kafka, options: settings.options, faults: { point in trap.reach(point) },
            logger: logger)
        let work = Task { try await runtime.run() }
        let submitter = ToySubmitter(requests: runtime.requests)
        ToyReport.ready.publish()
        let listening = Task {
            for await instruction in ToyInstruction.fromStandardInput() {
                switch instruction {
                case .die(let point, let hit): trap.arm(point, hit: hit)
                case .promise(let command): submitter.enqueue(command)
                case .stop: work.cancel()
                }
            }
        }
        let submitting = Task { await submitter.run() }
        defer {
            listening.cancel()
            submitting.cancel()
        }
        try await work.value
    }
}
