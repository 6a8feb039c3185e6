import Access
import Crypto
import Foundation
import Hummingbird
import ISO20022
import Kernel
import Logging
import Messages
import Messaging
import Postgres
import ProgrammeStore
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout
@testable import PayoutDomain

/// Rows of a service that keeps nothing.
struct NoRows: WorkingRows {
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

/// `payout` with its database, whoever sends it commands, and a bank.
final class PayoutStage: Sendable {
    let stage: MessagingStage
    let payout: RunningService<PayoutRows>
    let portal: RunningService<NoRows>
    let vault: Vault
    private let signer: TokenSigner

    static let services = ["catalogue", "identity", "ordering", "payout", "portal", "redemption"]
    static let tables = [AccessMigrations.sql, ProgrammeMigrations.sql, PayoutTables.sql].joined(separator: ";\n")

    /// Sets the stage, with the programme, the key and the institution's account known.
    static func with(isPayeeKnown: Bool = true, _ play: (PayoutStage) async throws -> Void) async throws {
        try await MessagingStage.with(services: services) { stage in
            let payout = try await PayoutStage(stage)
            try await payout.seed(isPayeeKnown: isPayeeKnown)
            try await play(payout)
        }
    }

    private init(_ stage: MessagingStage) async throws {
        self.stage = stage
        vault = try Vault(masterKeys: [Data(repeating: 7, count: 32).base64EncodedString()])
        signer = TokenSigner(Curve25519.Signing.PrivateKey())
        payout = try stage.start(
            PayoutContents.contents(vault: vault).judging(by: .firstToAct), on: try await stage.database("payout", tables: Self.tables))
        portal = try stage.start(
            Contents(service: "portal", rows: NoRows.self, asks: ["payout"]) {}, on: try await stage.database("portal"))
    }

    private func seed(isPayeeKnown: Bool) async throws {
        let source = try City.source()
        let number = try AccountNumber("6222020200112233445")
        let payee = Payee(
            institutionID: City.institution, accountName: City.payee.accountName, bankCode: City.payee.bankCode,
            maskedAccount: number.masked, encryptedAccount: try vault.encrypt(number, at: .institution(City.institution)),
            fingerprint: vault.fingerprint(number, of: City.institution))
        try await payout.runtime.speaker.transaction("test.seed", at: Date()) { connection, _ in
            var rows = PayoutRows()
            try await rows.load(connection)
            _ = try rows.programmes.take(
                ProgrammePublished(programmeID: "beijing-2026", version: 1, files: ProgrammeFiles(source)))
            try rows.access.take(signer.published(notBefore: Date(timeIntervalSinceNow: -3600)))
            rows.names.put(
                InstitutionChanged(
                    institutionID: City.institution, programmeID: "beijing-2026", name: City.payee.accountName,
                    creditCode: "91110000000000000X", state: "admitted"))
            if isPayeeKnown { rows.payees.put(payee, at: Date()) }
            try rows.save(connection)
        }
    }

    /// Opens disbursements, as the events of redemption and ordering do.
    func open(_ count: Int, amountFen: Int64 = 3_000_000) async throws -> [UUID] {
        let orders = (0..<count).map { _ in UUID() }
        try await payout.runtime.speaker.transaction("test.open", at: Date()) { connection, say in
            var rows = PayoutRows()
            for order in orders { rows.wantOpening(of: order) }
            try await rows.load(connection)
            for order in orders {
                rows.openings[order] = City.opening(order: order, amountFen: amountFen)
                try rows.open(order, at: Date(), &say)
            }
            try rows.save(connection)
        }
        return orders.map { PayoutID.disbursement(programmeID: "beijing-2026", orderID: $0) }
    }

    /// Promises a command for somebody, and waits for its answer.
    func ask(_ command: some Command, by actor: PayoutDomain.Actor) async throws -> Outcome {
        let now = Date()
        let token = try signer.token(
            TokenClaims(
                principal: Principal(person: actor.person, organisation: actor.organisation ?? UUID(), roles: actor.roles), issuedAt: now,
                expiresAt: now.addingTimeInterval(600), tokenID: UUID()))
        let id = try await portal.runtime.requests.accept(
            command, key: UUID().uuidString.lowercased(),
            from: Requests.Caller(
                organisation: "org", operation: "test", idempotencyKey: UUID().uuidString, bodyHash: ContentHash(of: [1]), receivedAt: now,
                token: token))
        return try #require(try await portal.runtime.requests.outcome(of: id, within: .seconds(60)))
    }

    /// Batches by Wang and approves by Zhao. The batch's id is told.
    @discardableResult
    func approve(_ disbursements: [UUID]) async throws -> UUID {
        let batched = try await ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: disbursements), by: City.wang)
        #expect(batched.refusal == nil)
        let approved = try await ask(DecidePayout(subject: .batch(id: batched.commandID), decision: .approve), by: City.zhao)
        #expect(approved.refusal == nil)
        return batched.commandID
    }

    /// How many disbursements are in a state.
    func count(_ state: String) async throws -> Int64 {
        try await payout.number("select count(*) from disbursement where state = '\(state)'")
    }
}

extension RunningService {
    /// One text from its database.
    func text(_ sql: String) async throws -> String {
        try await pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.\(sql.hashValue)", sql)).first?.decode(column: 0, as: String.self) ?? ""
        }
    }
}

/// A bank in the test's own process, reached over HTTP.
final class TestBank: Sendable {
    let bank: Bank
    let port: Int
    let journal: String
    private let task: Task<Void, any Error>

    init(shares: Shares = Shares(), seed: UInt64 = 1, hold: Duration = .seconds(8), delay: TimeInterval = 0.5) async throws {
        journal = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID().uuidString)").path(percentEncoded: false)
        bank = try Bank(journal: journal, seed: seed, shares: shares, delay: delay)
        let server = BankServer(bank: bank, hold: hold, account: "0200000000000000000")
        let (ports, heard) = AsyncStream.makeStream(of: Int.self)
        let application = server.application(
            host: "127.0.0.1", port: 0, logger: Logger(label: "bank") { _ in SwiftLogNoOpLogHandler() }, running: { heard.yield($0) })
        task = Task { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        port = try #require(await iterator.next())
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func stop() async {
        task.cancel()
        _ = try? await task.value
        await bank.close()
        try? FileManager.default.removeItem(atPath: journal)
    }
}

/// What carries payments between a stage and a bank.
struct Carrier: Sendable {
    let sender: BankSender
    let feed: AnswerFeed
    let keeper: StatementKeeper

    init(
        _ stage: PayoutStage, url: String, deadline: Duration = .seconds(4), patience: TimeInterval = 5,
        faults: @escaping @Sendable (BankFaultPoint) async throws -> Void = { _ in }
    ) throws {
        var options = BankOptions(payer: BankAccount(name: "北京市财政局", number: "0200000000000000000", bankCode: "102100099996"))
        options.exchangeDeadline = deadline
        options.patience = patience
        options.firstPause = .milliseconds(50)
        options.longestPause = .milliseconds(200)
        options.rest = .milliseconds(20)
        options.leaseMargin = .milliseconds(100)
        let logger = stage.stage.logger
        let channel = try HTTPBankChannel(url: url, deadline: deadline, logger: logger)
        let circuit = BankCircuit(shortest: .milliseconds(50), longest: .milliseconds(200))
        let speaker = stage.payout.runtime.speaker
        let desk = BankDesk(speaker: speaker, options: options, clock: WallClock())
        sender = BankSender(
            desk: desk, channel: channel, vault: stage.vault, circuit: circuit, options: options, logger: logger, faults: faults)
        feed = AnswerFeed(desk: desk, channel: channel, pool: stage.payout.pool, circuit: circuit, options: options, logger: logger)
        keeper = StatementKeeper(
            speaker: speaker, channel: channel, pool: stage.payout.pool, options: options, clock: WallClock(), logger: logger)
    }

    /// Carries until something holds.
    func until(_ what: String, within deadline: Duration = .seconds(60), _ condition: @escaping @Sendable () async throws -> Bool)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sender.run() }
            group.addTask { try await feed.run() }
            defer { group.cancelAll() }
            try await eventually(what, within: deadline, condition)
        }
    }
}
