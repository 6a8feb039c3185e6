import Access
import Foundation
import Kernel
import Logging
import Messaging
import ProgrammeStore
import ServiceHost
import ServiceLifecycle

/// The service `payout`: batches, approvals, payments, reconciliation and returned funds.
@main
enum PayoutService {
    static func main() async { await ServiceHost.run(description) }

    static let description = ServiceDescription(
        PayoutHandlers.name, purpose: "Pays each approved redemption once through a bank, and reconciles with the bank's statement.",
        settings: PayoutSettings.all, rules: PayoutSettings.rules + [.offices],
        tables: [
            MigrationSet(AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
            MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
            PayoutTables.all,
        ],
        registry: { settings in
            PayoutHandlers.registry(cipher: try AccountCipher(settings), statementAgeAtMost: settings[PayoutSettings.statementAgeAtMost])
                .applyingOfficeRule(try OfficeRule(settings))
        },
        further: { context, runtime in
            context.readiness.add("programmes") { [pool = context.pool] in
                await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
            }
            return try parts(context, runtime.publisher)
        })

    private static func parts(_ context: ServiceContext, _ publisher: OutboxPublisher) throws -> ServiceParts {
        let options = try BankOptions(context.settings)
        let cipher = try AccountCipher(context.settings)
        let logger = Logger(label: "bank")
        let channel = try HTTPBankChannel(
            BankAddress(context.settings), deadline: options.exchangeDeadline,
            refusesSimulator: context.settings[HostSettings.profile] == HostSettings.productionProfile, logger: logger)
        let circuitBreaker = BankCircuitBreaker()
        context.readiness.add("bank") { circuitBreaker.health }
        let store = InstructionStore(publisher: publisher, options: options, clock: WallClock())
        let sender = BankSender(
            store: store, channel: channel, cipher: cipher, circuitBreaker: circuitBreaker, options: options, logger: logger)
        let answerReader = BankAnswerReader(
            store: store, channel: channel, pool: context.pool, circuitBreaker: circuitBreaker, options: options, logger: logger)
        context.readiness.add("answers") { [health = answerReader.health] in health.health }
        context.readiness.add("statement") { [pool = context.pool] in
            await StatementReadiness.state(pool, ageAtMost: options.statementAgeAtMost)
        }
        let fetcher = StatementFetcher(
            publisher: publisher, channel: channel, pool: context.pool, options: options, clock: WallClock(), logger: logger)
        let key = SealingKeyPublisher(cipher: cipher, publisher: publisher)
        return ServiceParts([
            component("sealing-key") {
                try await key.publish(at: WallClock().now())
                while true { try await Task.sleep(for: .seconds(3600)) }
            },
            component("statement") { try await fetcher.run() },
            component("answers") { try await answerReader.run() },
            component("sender") { try await sender.run() },
        ])
    }

    /// A loop that is cancelled on shutdown. Interrupted work is resumed from the tables.
    private static func component(_ name: String, _ body: @escaping @Sendable () async throws -> Void) -> ServiceComponent {
        ServiceComponent(name) { try await cancelWhenGracefulShutdown(body) }
    }
}

extension AccountCipher {
    /// Creates the cipher from the setting `payout.masterKeys`.
    init(_ settings: Settings) throws {
        try self.init(masterKeys: settings[PayoutSettings.masterKeys].split(separator: ",").map(String.init))
    }
}
