import Foundation
import ISO20022
import Kafka
import Kernel
import Messages
import Messaging
import Season
import Synchronization

/// One run of the demonstration on an installation: waits until it is ready, plays, looks at what came of it.
struct DemoRun: Sendable {
    private let platform: Platform
    private let folder: StateFolder
    private let season: Season
    private let kill: String?

    init(_ platform: Platform, _ folder: StateFolder, _ season: Season, kill: String?) {
        self.platform = platform
        self.folder = folder
        self.season = season
        self.kill = kill
    }

    func play() async throws -> DemoReport {
        let progress = SeasonProgress()
        progress.say("starting the platform")
        try await platform.waitUntilReady(within: .seconds(120)) { _ in }
        await platform.tellReady()
        guard let programmes = Programs.programmes() else { throw Complaint("no folder of programmes found beside this program") }
        try await Publishing.publishAll(in: programmes, on: Installation(record: await platform.record)) { _ in }
        let desk = PortalDesk(
            portalPort: { await platform.port(of: "portal") }, identityPort: { await platform.port(of: "identity") })
        let began = ContinuousClock.now
        let clock = RehearsalClock(platform)
        let stage = StageProps(season)
        let pids = Mutex<Int32>(0)
        let killing = kill.map { PartKilling(platform: platform, part: $0) }
        let interruption = killing.map { killing in
            Interruption(moment: .worst(for: killing.part)) {
                progress.say("killing \(killing.part)")
                let pid = try await killing.kill()
                pids.withLock { $0 = pid }
            }
        }
        let play = SeasonPlay(season, desk: desk, clock: clock, stage: stage, progress: progress, interruption: interruption)
        let waits = await platform.lockWaits()
        let result: SeasonPlay.Result
        do {
            result = try await play.run()
        } catch {
            await waits.stop()
            throw error
        }
        await clock.close()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        progress.say("looking at what came of it")
        let holdings = try await holdings(stage, desk)
        let bookings = try await bookings()
        let differences = Comparison(result, holdings, bookings)
        var report = report(result, holdings, bookings, differences)
        report.seconds = (seconds * 10).rounded() / 10
        report.auditOK = try await isAuditWhole()
        report.contention.lockWaits = await waits.stop()
        if let killing { report.killed = try await killed(killing, pids.withLock { $0 }, result) }
        progress.end()
        print(DemoTables(report: report, tally: result.tally, holdings: holdings, differences: differences).text)
        return report
    }

    /// What was killed. Throws a `Complaint` where it never came to that: such a run shows nothing.
    private func killed(_ killing: PartKilling, _ pid: Int32, _ result: SeasonPlay.Result) async throws -> DemoReport.Killed {
        let moment = Interruption.Moment.worst(for: killing.part)
        guard let struck = result.struck, pid > 0 else {
            throw Complaint("\(killing.part) was to be killed during \(moment.rawValue), and this season never came to that")
        }
        return DemoReport.Killed(
            part: killing.part, during: moment, day: "\(struck.day)", actsBefore: struck.actsBefore,
            actsAfter: result.tally.answered - struck.actsBefore, pidBefore: pid, pidAfter: try await killing.successor(of: pid))
    }

    private func holdings(_ stage: StageProps, _ desk: PortalDesk) async throws -> Holdings {
        var holdings = Holdings()
        async let orders = stage.all(OrderSnapshot.self, "orders", at: desk)
        async let redemptions = stage.all(RedemptionSnapshot.self, "redemptions", at: desk)
        async let disbursements = stage.all(DisbursementSnapshot.self, "disbursements", at: desk)
        (holdings.orders, holdings.redemptions, holdings.disbursements) = try await (orders, redemptions, disbursements)
        let services = await platform.record.services
        (holdings.ledger, holdings.parked) = try await Installation(record: await platform.record).linked { link in
            let ledger = try await link.ask(CheckLedger(), key: "ledger", within: .seconds(120)).orComplain().answer(LedgerReport.self)
            var parked = 0
            for service in services { parked += Int(try await ServiceLook.quiescence(of: service).parked) }
            return (ledger, parked)
        }
        return holdings
    }

    private func bookings() async throws -> [BankBooking] {
        guard let bank = await platform.record.bank, let port = URL(string: bank)?.port else { return [] }
        let answer = try await ServiceHTTP.get(port: port, "/statement", within: .seconds(30))
        let statements = try AccountStatement.reading(Array(answer.body), rules: StatementRules(account: nil))
        return statements.flatMap(\.bookings).map { BankBooking(instruction: $0.endToEndID.lowercased(), amountFen: $0.amountFen.rawValue) }
    }

    private func isAuditWhole() async throws -> Bool {
        let services = await platform.record.services.map(\.name)
        return try await Installation(record: await platform.record).linked { link in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for service in services {
                    group.addTask {
                        let finding = try await AuditFinding.of(service, keepers: services.filter { $0 != service }, link: link)
                        if let trouble = finding.trouble { Notice.say("audit trail of \(service): \(trouble)") }
                        return finding.trouble == nil
                    }
                }
                return try await group.reduce(true) { $0 && $1 }
            }
        }
    }

    private func report(
        _ result: SeasonPlay.Result, _ holdings: Holdings, _ bookings: [BankBooking], _ differences: Comparison
    ) -> DemoReport {
        let tally = result.tally
        var report = DemoReport(seed: season.seed)
        report.orders.placed = tally.done(.place)
        report.orders.refused = (tally.sent[.place] ?? 0) - tally.done(.place)
        report.orders.accepted = tally.done(.accept)
        report.orders.declined = tally.done(.decline)
        report.orders.expired = holdings.orders.count { $0.state == "expired" }
        report.orders.completed = tally.done(.complete)
        report.refusals = tally.refusals
        report.moneyFen = money(holdings, bookings)
        report.contention.maxInFlight = tally.mostInFlight
        report.ledgerOK = holdings.ledger?.violations.isEmpty ?? false
        (report.lost, report.duplicated, report.stuck) = (
            differences.lost.count, differences.duplicated.count, differences.stuck.count
        )
        return report
    }

    private func money(_ holdings: Holdings, _ bookings: [BankBooking]) -> DemoReport.Money {
        var money = DemoReport.Money()
        let totals = holdings.ledger?.totals.filter { $0.cap == "programme-budget" } ?? []
        money.budget = totals.map(\.limit).max() ?? 0
        money.reserved = totals.filter { $0.kind == "reserve" }.reduce(0) { $0 + $1.amount }
        money.released = totals.filter { $0.kind == "release" }.reduce(0) { $0 + $1.amount } + totals.reduce(0) { $0 + $1.rest }
        money.redeemed = totals.filter { $0.kind == "post" }.reduce(0) { $0 + $1.amount }
        money.returned = totals.filter { $0.kind == "return" }.reduce(0) { $0 + $1.amount }
        money.paid = bookings.reduce(0) { $0 + $1.amountFen }
        return money
    }
}

/// The rehearsal's clock, moved through the barrier. It keeps one link to the services, as long as the broker is the same.
actor RehearsalClock: SeasonClock {
    private static let patience: Duration = .seconds(120)
    private let platform: Platform
    private var link: (kafka: String, operator: OperatorLink)?

    init(_ platform: Platform) { self.platform = platform }

    func advance(to instant: Date) async throws {
        let end = ContinuousClock.now + Self.patience
        while true {
            let installation = Installation(record: await platform.record)
            do {
                let link = try await link(to: installation)
                return try await Barrier(installation, deadline: end).advance(to: instant, link: link) { _ in }
            } catch  where ContinuousClock.now < end && !(error is CancellationError) {
                // A part that was killed is on its way back; the clock itself moves once only.
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
