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
import ServiceLifecycle
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout
@testable import PayoutDomain

/// Rows of a service without tables.
struct NoRows: UnitOfWork {
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

/// Runs `payout` with a broker and a database, and a portal that sends commands.
final class PayoutFixture: Sendable {
    let messaging: MessagingFixture
    let payout: RunningService<PayoutRows>
    let portal: RunningService<NoRows>
    let cipher: AccountCipher
    private let signer: TokenSigner

    static let services = ["catalogue", "identity", "ordering", "payout", "portal", "redemption"]
    static let tables = [AccessMigrations.sql, ProgrammeMigrations.sql, PayoutTables.sql].joined(separator: ";\n")

    /// Starts the services, with programme, verification key and the institution's account in the tables, and runs the test.
    static func with(isPayeeKnown: Bool = true, _ test: (PayoutFixture) async throws -> Void) async throws {
        try await MessagingFixture.with(services: services) { messaging in
            let payout = try await PayoutFixture(messaging)
            try await payout.seed(isPayeeKnown: isPayeeKnown)
            try await test(payout)
        }
    }

    private init(_ messaging: MessagingFixture) async throws {
        self.messaging = messaging
        cipher = try AccountCipher(masterKeys: [Data(repeating: 7, count: 32).base64EncodedString()])
        signer = TokenSigner(Curve25519.Signing.PrivateKey())
        payout = try messaging.start(
            PayoutHandlers.registry(cipher: cipher).applyingOfficeRule(.firstToAct),
            on: try await messaging.database("payout", tables: Self.tables))
        portal = try messaging.start(
            HandlerRegistry(service: "portal", rows: NoRows.self, asks: ["payout"]) {}, on: try await messaging.database("portal"))
    }

    private func seed(isPayeeKnown: Bool) async throws {
        let source = try Samples.source()
        let number = try AccountNumber("6222020200112233445")
        let payee = Payee(
            institutionID: Samples.institution, accountName: Samples.payee.accountName, bankCode: Samples.payee.bankCode,
            maskedAccount: number.masked, encryptedAccount: try cipher.encrypt(number, boundTo: .institution(Samples.institution)),
            fingerprint: cipher.fingerprint(number, of: Samples.institution))
        try await payout.runtime.publisher.transaction("test.seed", at: Date()) { connection, _ in
            var rows = PayoutRows()
            try await rows.load(connection)
            _ = try rows.programmes.record(
                ProgrammePublished(programmeID: "beijing-2026", version: 1, files: ProgrammeFiles(source)))
            try rows.access.record(signer.published(notBefore: Date(timeIntervalSinceNow: -3600)))
            rows.names.put(
                InstitutionChanged(
                    institutionID: Samples.institution, programmeID: "beijing-2026", name: Samples.payee.accountName,
                    creditCode: "91110000000000000X", state: "admitted"))
            if isPayeeKnown { rows.payees.put(payee, at: Date()) }
            try rows.save(connection)
        }
    }

    /// Opens disbursements, as the events of redemption and ordering do.
    func open(_ count: Int, amountFen: Int64 = 3_000_000) async throws -> [UUID] {
        let orders = (0..<count).map { _ in UUID() }
        try await payout.runtime.publisher.transaction("test.open", at: Date()) { connection, output in
            var rows = PayoutRows()
            for order in orders { rows.requestPrerequisites(of: order) }
            try await rows.load(connection)
            for order in orders {
                rows.prerequisites[order] = Samples.opening(order: order, amountFen: amountFen)
                try rows.openDisbursement(of: order, at: Date(), &output)
            }
            try rows.save(connection)
        }
        return orders.map { PayoutID.disbursement(programmeID: "beijing-2026", orderID: $0) }
    }

    /// Sends a command for an actor, and waits for its answer.
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

    /// Batches as Wang and approves as Zhao. Returns the batch's id.
    @discardableResult
    func approve(_ disbursements: [UUID]) async throws -> UUID {
        let batched = try await ask(BatchPayouts(programmeID: "beijing-2026", disbursementIDs: disbursements), by: Samples.wang)
        #expect(batched.refusal == nil)
        let approved = try await ask(DecidePayout(subject: .batch(id: batched.commandID), decision: .approve), by: Samples.zhao)
        #expect(approved.refusal == nil)
        return batched.commandID
    }

    /// The number of disbursements in a state.
    func count(_ state: String) async throws -> Int64 {
        try await payout.number("select count(*) from disbursement where state = '\(state)'")
    }
}

extension RunningService {
    /// Reads one text from its database.
    func text(_ sql: String) async throws -> String {
        try await pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.\(sql.hashValue)", sql)).first?.decode(column: 0, as: String.self) ?? ""
        }
    }
}

/// A bank in the test's process, accessed over HTTP.
final class TestBank: Sendable {
    let bank: Bank
    let port: Int
    let journal: String
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    init(shares: Shares = Shares(), seed: UInt64 = 1, hold: Duration = .seconds(8), delay: TimeInterval = 0.5) async throws {
        journal = FileManager.default.temporaryDirectory.appending(path: "bank-\(UUID().uuidString)").path(percentEncoded: false)
        bank = try Bank(journal: journal, seed: seed, shares: shares, delay: delay)
        let server = BankServer(bank: bank, hold: hold, account: "0200000000000000000")
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "bank") { _ in SwiftLogNoOpLogHandler() }
        let application = server.application(host: "127.0.0.1", port: 0, logger: logger, running: { running.yield($0) })
        let group = ServiceGroup(services: [application], logger: logger)
        self.group = group
        task = Task { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        port = try #require(await iterator.next())
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func stop() async {
        // A server that is cancelled while it accepts a connection ends the process: NIO requires that an accepted connection is handled.
        await group.triggerGracefulShutdown()
        _ = try? await task.value
        await bank.close()
        try? FileManager.default.removeItem(atPath: journal)
    }
}

/// The parts of payout that communicate with the bank.
struct BankClient: Sendable {
    let sender: BankSender
    let answerReader: BankAnswerReader
    let fetcher: StatementFetcher

    init(
        _ fixture: PayoutFixture, url: String, deadline: Duration = .seconds(4), patience: TimeInterval = 5,
        faults: @escaping @Sendable (BankFaultPoint) async throws -> Void = { _ in }
    ) throws {
        var options = BankOptions(payer: BankAccount(name: "北京市财政局", number: "0200000000000000000", bankCode: "102100099996"))
        options.exchangeDeadline = deadline
        options.patience = patience
        options.firstQueryPause = .milliseconds(50)
        options.maximumQueryPause = .milliseconds(200)
        options.idlePause = .milliseconds(20)
        options.leaseMargin = .milliseconds(100)
        let logger = fixture.messaging.logger
        let channel = try HTTPBankChannel(BankAddress(url: url), deadline: deadline, logger: logger)
        let circuitBreaker = BankCircuitBreaker(minimumPause: .milliseconds(50), maximumPause: .milliseconds(200))
        let publisher = fixture.payout.runtime.publisher
        let store = InstructionStore(publisher: publisher, options: options, clock: WallClock())
        sender = BankSender(
            store: store, channel: channel, cipher: fixture.cipher, circuitBreaker: circuitBreaker, options: options, logger: logger,
            faults: faults)
        answerReader = BankAnswerReader(
            store: store, channel: channel, pool: fixture.payout.pool, circuitBreaker: circuitBreaker, options: options, logger: logger)
        fetcher = StatementFetcher(
            publisher: publisher, channel: channel, pool: fixture.payout.pool, options: options, clock: WallClock(), logger: logger)
    }

    /// Runs sender and answer reader until a condition holds.
    func run(until what: String, within deadline: Duration = .seconds(60), _ condition: @escaping @Sendable () async throws -> Bool)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sender.run() }
            group.addTask { try await answerReader.run() }
            defer { group.cancelAll() }
            try await eventually(what, within: deadline, condition)
        }
    }
}
