import Access
import Foundation
import Kernel
import Logging
import Messaging
import ProgrammeStore
import ServiceHost
import ServiceLifecycle

/// The service `payout`: batches, approval, payments at the bank, reconciliation, returns of funds.
@main
enum PayoutService {
    static func main() async { await ServiceHost.run(description) }

    static let description = ServiceDescription(
        PayoutContents.name, purpose: "Pays approved redemptions through a bank, each once, and reconciles with the bank's statement.",
        settings: PayoutSettings.all,
        tables: [
            MigrationSet(AccessMigrations.setName, AccessMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
            MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) }),
            PayoutTables.all,
        ],
        contents: { settings in
            PayoutContents.contents(vault: try Vault(settings), statementAgeAtMost: settings[PayoutSettings.statementAgeAtMost])
                .judging(by: try OfficeRule(settings[HostSettings.offices], isRehearsal: settings[HostSettings.rehearsal]))
        },
        further: { context, runtime in
            context.readiness.add("programmes") { [pool = context.pool] in
                await ProgrammeReadiness.problem(pool).map { .unwell($0) } ?? .well
            }
            return try parts(context, runtime.speaker)
        })

    private static func parts(_ context: ServiceContext, _ speaker: Speaker) throws -> ServiceParts {
        let options = try BankOptions(context.settings)
        let vault = try Vault(context.settings)
        let logger = Logger(label: "bank")
        let channel = try HTTPBankChannel(
            url: context.settings[PayoutSettings.bankURL], deadline: options.exchangeDeadline, logger: logger)
        let circuit = BankCircuit()
        context.readiness.add("bank") { circuit.health }
        let desk = BankDesk(speaker: speaker, options: options, clock: WallClock())
        let sender = BankSender(desk: desk, channel: channel, vault: vault, circuit: circuit, options: options, logger: logger)
        let feed = AnswerFeed(desk: desk, channel: channel, pool: context.pool, circuit: circuit, options: options, logger: logger)
        context.readiness.add("answers") { [health = feed.health] in health.health }
        context.readiness.add("statement") { [pool = context.pool] in
            await StatementReadiness.state(pool, ageAtMost: options.statementAgeAtMost)
        }
        let keeper = StatementKeeper(
            speaker: speaker, channel: channel, pool: context.pool, options: options, clock: WallClock(), logger: logger)
        let key = SealingKey(vault: vault, speaker: speaker)
        return ServiceParts([
            component("sealing-key") {
                try await key.publish(at: WallClock().now())
                while true { try await Task.sleep(for: .seconds(3600)) }
            },
            component("statement") { try await keeper.run() },
            component("answers") { try await feed.run() },
            component("sender") { try await sender.run() },
        ])
    }

    /// A loop that ends when the service stops. What it was in the middle of is found again in the tables.
    private static func component(_ name: String, _ body: @escaping @Sendable () async throws -> Void) -> ServiceComponent {
        ServiceComponent(name) { try await cancelWhenGracefulShutdown(body) }
    }
}

extension Vault {
    /// The vault of the settings' master keys.
    init(_ settings: Settings) throws {
        try self.init(masterKeys: settings[PayoutSettings.masterKeys].split(separator: ",").map(String.init))
    }
}
