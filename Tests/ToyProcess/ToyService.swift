import Foundation
import Glibc
import Kafka
import Logging
import Messaging
import Postgres
import Toys

/// One of the toy services as a process of its own, so that it can be killed like one.
///
/// It is told what to do on its standard input and reports on its standard output, a line each (`ToyOrder`, `ToyReport`);
/// its log goes to standard error. It ends at once when its standard input ends: whoever started it is gone.
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
            case .counter: try await run(CounterService.contents, settings, pool, trap, logger)
            case .asker:
                let contents = SpoiledAsker.contents(spoiling: settings.spoil, poisonedBy: settings.poison)
                try await run(contents, settings, pool, trap, logger)
            }
            await pool.close(deadline: .seconds(2))
            exit(0)
        } catch {
            FileHandle.standardError.write(Data("the toy service ends: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run<Rows: WorkingRows>(
        _ contents: Contents<Rows>, _ settings: ToySettings, _ pool: PostgresPool, _ trap: FaultTrap, _ logger: Logger
    ) async throws {
        let runtime = try MessagingRuntime(
            contents, pool: pool, kafka: settings.kafka, options: settings.options, faults: { point in trap.reach(point) },
            logger: logger)
        let work = Task { try await runtime.run() }
        let promiser = Promiser(requests: runtime.requests)
        ToyReport.ready.tell()
        let listening = Task {
            for await order in ToyOrder.fromStandardInput() {
                switch order {
                case .die(let point, let hit): trap.arm(point, hit: hit)
                case .promise(let promise): promiser.take(promise)
                case .stop: work.cancel()
                }
            }
        }
        let promising = Task { await promiser.run() }
        defer {
            listening.cancel()
            promising.cancel()
        }
        try await work.value
    }
}
