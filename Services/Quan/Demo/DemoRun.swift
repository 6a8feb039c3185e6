import Foundation
import ISO20022
import Kafka
import Kernel
import Messages
import Messaging
import Operations
import Season
import Synchronization

/// One run of the demonstration on an installation: waits until it is ready, runs the season, and compares the results.
struct DemoRun: Sendable {
    private let platform: Platform
    private let folder: StateFolder
    private let season: Season
    private let kill: [String]

    init(_ platform: Platform, _ folder: StateFolder, _ season: Season, kill: [String]) {
        self.platform = platform
        self.folder = folder
        self.season = season
        self.kill = kill
    }

    func run() async throws -> DemoReport {
        let progress = SeasonProgress()
        progress.report("starting the platform")
        try await platform.waitUntilReady(within: .seconds(120)) { _ in }
        await platform.recordReady()
        guard let programmes = Programs.programmes() else { throw CommandError("no programmes folder found next to this program") }
        try await ProgrammePublisher.publishAll(in: programmes, on: Installation(record: await platform.record)) { _ in }
        let portal = PortalClient(
            portalPort: { await platform.ports(of: "portal").randomElement() },
            identityPort: { await platform.ports(of: "identity").first })
        let began = ContinuousClock.now
        let clock = RehearsalClock(platform)
        let fixtures = SeasonFixtures(season)
        let pids = Mutex<[String: Int32]>([:])
        let kills = kill.map { PartKill(platform: platform, part: $0) }
        let interruptions = kills.map { target in
            Interruption(moment: .riskiest(for: target.part)) {
                progress.report("killing \(target.part)")
                let pid = try await target.kill()
                pids.withLock { $0[target.part] = pid }
            }
        }
        let runner = SeasonRunner(
            season, portal: portal, clock: clock, fixtures: fixtures, progress: progress, interruptions: interruptions)
        let waits = LockWaits(await platform.databaseConfiguration, databases: PlatformService.all.map(\.name))
        let result: SeasonRunner.Result
        do {
            result = try await runner.run()
        } catch {
            await waits.stop()
            throw error
        }
        await clock.close()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        progress.report("comparing the results")
        let stored = try await storedRecords(fixtures, portal)
        let bookings = try await bookings()
        let differences = Comparison(result, stored, bookings)
        var report = report(result, stored, bookings, differences)
        report.seconds = (seconds * 10).rounded() / 10
        report.auditOK = try await isAuditIntact()
        report.contention.lockWaits = await waits.stop()
        for target in kills {
            let pid = pids.withLock { $0[target.part] ?? 0 }
            report.killed = (report.killed ?? []) + [try await killed(target, pid, result)]
        }
        progress.end()
        print(DemoTables(report: report, tally: result.tally, stored: stored, differences: differences).text)
        return report
    }

    /// The record of a killed part. Throws a `CommandError` if the season never reached that moment, because such a run proves nothing.
    private func killed(_ target: PartKill, _ pid: Int32, _ result: SeasonRunner.Result) async throws -> DemoReport.Killed {
        let moment = Interruption.Moment.riskiest(for: target.part)
        guard let occurrence = result.occurrences[moment], pid > 0 else {
            throw CommandError("\(target.part) was to be killed during \(moment.rawValue), but this season never reached that moment")
        }
        return DemoReport.Killed(
            part: target.part, during: moment, day: "\(occurrence.day)", actionsBefore: occurrence.actionsBefore,
            actionsAfter: result.tally.answered - occurrence.actionsBefore, pidBefore: pid, pidAfter: try await target.successor(of: pid))
    }

    private func storedRecords(_ fixtures: SeasonFixtures, _ portal: PortalClient) async throws -> StoredRecords {
        var stored = StoredRecords()
        async let orders = fixtures.all(OrderSnapshot.self, "orders", at: portal)
        async let redemptions = fixtures.all(RedemptionSnapshot.self, "redemptions", at: portal)
        async let disbursements = fixtures.all(DisbursementSnapshot.self, "disbursements", at: portal)
        (stored.orders, stored.redemptions, stored.disbursements) = try await (orders, redemptions, disbursements)
        let services = await platform.record.services
        (stored.ledger, stored.parked) = try await Installation(record: await platform.record).linked { link in
            let ledger = try await link.ask(CheckLedger(), key: "ledger", within: .seconds(120)).orThrow().answer(LedgerReport.self)
            var parked = 0
            for service in services { parked += Int(try await ServiceStatus.quiescence(of: service).parked) }
            return (ledger, parked)
        }
        return stored
    }

    private func bookings() async throws -> [BankBooking] {
        guard let bank = await platform.record.bank, let port = URL(string: bank)?.port else { return [] }
        let answer = try await ServiceHTTP.get(port: port, "/statement", within: .seconds(30))
        let statements = try AccountStatement.reading(Array(answer.body), rules: StatementRules(account: nil))
        return statements.flatMap(\.bookings).map { BankBooking(instruction: $0.endToEndID.lowercased(), amountFen: $0.amountFen.rawValue) }
    }

    private func isAuditIntact() async throws -> Bool {
        let services = await platform.record.services.map(\.name)
        return try await Installation(record: await platform.record).linked { link in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for service in services {
                    group.addTask {
                        let finding = try await AuditFinding.of(service, witnesses: services.filter { $0 != service }, link: link)
                        if let problem = finding.problem { Notice.print("audit trail of \(service): \(problem)") }
                        return finding.problem == nil
                    }
                }
                return try await group.reduce(true) { $0 && $1 }
            }
        }
    }

    private func report(
        _ result: SeasonRunner.Result, _ stored: StoredRecords, _ bookings: [BankBooking], _ differences: Comparison
    ) -> DemoReport {
        let tally = result.tally
        var report = DemoReport(seed: season.seed)
        report.orders.placed = tally.done(.place)
        report.orders.refused = (tally.sent[.place] ?? 0) - tally.done(.place)
        report.orders.accepted = tally.done(.accept)
        report.orders.declined = tally.done(.decline)
        report.orders.expired = stored.orders.count { $0.state == "expired" }
        report.orders.completed = tally.done(.complete)
        report.refusals = tally.refusals
        report.moneyFen = money(stored, bookings)
        report.contention.maxInFlight = tally.maximumInFlight
        report.ledgerOK = stored.ledger?.violations.isEmpty ?? false
        (report.lost, report.duplicated, report.stuck) = (
            differences.lost.count, differences.duplicated.count, differences.stuck.count
        )
        return report
    }

    private func money(_ stored: StoredRecords, _ bookings: [BankBooking]) -> DemoReport.Money {
        var money = DemoReport.Money()
        let totals = stored.ledger?.totals.filter { $0.cap == "programme-budget" } ?? []
        money.budget = totals.map(\.limit).max() ?? 0
        money.reserved = totals.filter { $0.kind == "reserve" }.reduce(0) { $0 + $1.amount }
        money.released = totals.filter { $0.kind == "release" }.reduce(0) { $0 + $1.amount } + totals.reduce(0) { $0 + $1.rest }
        money.redeemed = totals.filter { $0.kind == "post" }.reduce(0) { $0 + $1.amount }
        money.returned = totals.filter { $0.kind == "return" }.reduce(0) { $0 + $1.amount }
        money.paid = bookings.reduce(0) { $0 + $1.amountFen }
        return money
    }
}

/// The rehearsal's clock, advanced through the barrier. It keeps one link to the services for as long as the broker's address is the same.
actor RehearsalClock: SeasonClock {
    private static let timeout: Duration = .seconds(120)
    private let platform: Platform
    private var link: (kafka: String, operator: OperatorLink)?

    init(_ platform: Platform) { self.platform = platform }

    func advance(to instant: Date) async throws {
        let end = ContinuousClock.now + Self.timeout
        while true {
            let installation = Installation(record: await platform.record)
            do {
                let link = try await link(to: installation)
                return try await Barrier(installation, deadline: end).advance(to: instant, link: link) { _ in }
            } catch  where ContinuousClock.now < end && !(error is CancellationError) {
                // A killed part is being restarted. A repeated command does not advance the clock twice.
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    func close() async {
        await link?.operator.close()
        link = nil
    }

    private func link(to installation: Installation) async throws -> OperatorLink {
        let servers = installation.kafka.bootstrapServers
        if let link, link.kafka == servers { return link.operator }
        await close()
        let fresh = try await installation.link()
        link = (servers, fresh)
        return fresh
    }
}
