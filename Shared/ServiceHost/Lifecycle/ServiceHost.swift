import Foundation
import Kafka
import Logging
import Metrics
import Postgres

/// Runs a service as a process: settings, logs, metrics, health checks, migrations, and graceful shutdown.
///
/// A service's executable is this call:
/// ```swift
/// @main struct Toy {
///     static func main() async { await ServiceHost.run(ServiceDescription(name: "toy", purpose: "Counts.") { _ in ServiceParts([]) }) }
/// }
/// ```
public enum ServiceHost {
    /// Runs the service until a signal stops it, then ends the process with an `ExitCode`.
    ///
    /// The first SIGTERM or SIGINT begins a graceful shutdown: the service accepts no more work, completes and publishes the work in
    /// progress, leaves its consumer group and closes its connections, all within the shutdown deadline. A second signal ends the
    /// process at once.
    ///
    /// - Parameters:
    ///   - description: the service.
    ///   - arguments: the process's arguments without the program's name.
    ///   - environment: the variables that settings are read from; those of the process when `nil`.
    public static func run(
        _ description: ServiceDescription, arguments: [String] = Array(CommandLine.arguments.dropFirst()),
        environment: [String: String]? = nil
    ) async -> Never {
        // A write to a closed connection must fail with an error instead of ending the process.
        signal(SIGPIPE, SIG_IGN)
        FileLimit.raise()
        let settings = settingsOrExit(description, arguments, environment ?? ProcessInfo.processInfo.environment)
        if settings[HostSettings.checkOnly] { exit(ExitCode.clean.rawValue) }
        let sink = LogSink()
        let context = context(for: description, settings, sink)
        if settings[HostSettings.migrateOnly] { await migrate(description, context, sink) }
        let service: HostedService
        do {
            service = try HostedService(description, context: context) { code in
                sink.flush()
                _exit(code.rawValue)
            }
        } catch {
            context.logger.critical("the service could not be created", metadata: ["error": "\(error)"])
            end(.usage, sink)
        }
        let signals = SignalHandler(
            first: { service.shutdown.begin($0) },
            again: { number in
                context.logger.critical("stopped at once by a second signal")
                sink.flush()
                _exit(128 + number)
            })
        let code = await service.run()
        withExtendedLifetime(signals) { end(code, sink) }
    }

    /// Ends the process without exit handlers: those of the C libraries free what threads of librdkafka and libpq still use, and a crash there
    /// would hide the exit code.
    private static func end(_ code: ExitCode, _ sink: LogSink) -> Never {
        sink.flush()
        fflush(nil)
        _exit(code.rawValue)
    }

    /// Applies the migrations and ends the process.
    private static func migrate(_ description: ServiceDescription, _ context: ServiceContext, _ sink: LogSink) async -> Never {
        let preparation = DatabasePreparation(
            migrator: Migrator(context.pool, description.migrations, logger: context.logger),
            deadline: context.settings[HostSettings.startDeadline], logger: context.logger,
            started: context.readiness.addFlag("started", initially: .unwell("the database migrations are being applied")))
        var code = ExitCode.clean
        do {
            try await preparation.run()
        } catch {
            code = (error as? StartFailure)?.code ?? .failure
            context.logger.critical("the database migrations could not be applied", metadata: ["error": "\(error)"])
        }
        await context.pool.close(deadline: .seconds(2))
        end(code, sink)
    }

    private static func settingsOrExit(
        _ description: ServiceDescription, _ arguments: [String], _ environment: [String: String]
    ) -> Settings {
        do {
            switch try SettingsRequest.read(
                arguments: arguments, environment: environment, declarations: description.allSettings, rules: description.allRules)
            {
            case .run(let settings): return settings
            case .help:
                let text = SettingsHelp.text(
                    program: description.name, purpose: description.purpose, declarations: description.allSettings)
                FileHandle.standardOutput.write(Data(text.utf8))
                exit(ExitCode.clean.rawValue)
            }
        } catch {
            FileHandle.standardError.write(Data("\(description.name): \(error)\n".utf8))
            exit(ExitCode.usage.rawValue)
        }
    }

    private static func context(for description: ServiceDescription, _ settings: Settings, _ sink: LogSink) -> ServiceContext {
        let instance = settings[HostSettings.instanceName] ?? hostName()
        let output = JSONLogHandler.Output(
            service: description.name, instance: instance, redaction: LogRedaction(secrets: settings.secrets), sink: sink)
        let level = Logger.Level(rawValue: settings[HostSettings.logLevel]) ?? .info
        LoggingSystem.bootstrap(
            { label, provider in JSONLogHandler(label: label, level: level, output: output, metadataProvider: provider) },
            metadataProvider: description.logMetadata)
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: description.name)
        logger.notice("starting", metadata: ["settings": .dictionary(settings.summary.mapValues { "\($0)" })])
        return ServiceContext(
            name: description.name, instance: instance, settings: settings, logger: logger, metrics: metrics,
            pool: PostgresPool(
                PostgresConfiguration(settings, service: description.name, instance: instance), logger: Logger(label: "postgres")),
            kafka: KafkaConfiguration(settings, service: description.name, instance: instance),
            readiness: Readiness(), liveness: Liveness())
    }

    /// The machine's name, without a DNS request (Foundation's `hostName` makes one).
    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
