import Foundation
import Kernel
import LocalPostgres
import Logging
import Messages
import Messaging
import Operations
import Postgres

/// Rehearses a restore: runs a backup on this machine in a temporary folder, and checks that it is consistent.
///
/// It has its own broker and no bank, so that it has no effect on other systems.
struct RestoreCheck: Sendable {
    let backup: Backup
    /// The timeout of restoring and that of starting.
    let limit: Duration

    /// The readiness checks that need the bank.
    private static let ofTheBank: Set<String> = ["bank", "answers", "statement"]
    private static let keys = ["QUAN_PAYOUT_MASTER_KEYS", "QUAN_IDENTITY_MASTER_KEY"]
    /// The discard port, on which no bank listens.
    private static let noBank = "http://127.0.0.1:9"

    /// Runs the rehearsal. Returns one line for each problem. Throws a `CommandError` if the installation does not start.
    func run(report: @escaping @Sendable (String) -> Void) async throws -> [String] {
        let record = try backup.read()
        let folder = try StateFolder()
        defer { folder.discard() }
        try await backup.restore(to: folder, within: limit)
        report("restored as of \(record.madeAt.ISO8601Format()) in \(folder.path)")
        let platform = try await Platform.open(options(record), folder: folder)
        let running = Task { try await platform.run() }
        let result: Result<[String], any Error>
        do { result = .success(try await problems(of: platform, folder, report)) } catch { result = .failure(error) }
        await platform.stop()
        try await running.value
        return try result.get()
    }

    private func options(_ record: Backup.Record) throws -> Platform.Options {
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("QUAN_KAFKA_") && !$0.key.hasPrefix("QUAN_DATABASE_")
        }
        // The backup's keys take precedence over those in the environment, which may belong to another installation.
        if record.hasKeys { for name in Self.keys { environment[name] = nil } }
        environment["QUAN_PAYOUT_BANK_URL"] = Self.noBank
        return Platform.Options(
            services: PlatformService.all, portalPort: try LoopbackPort.free(), signInPort: try LoopbackPort.free(),
            rehearsal: record.isRehearsal ? record.madeAt : nil, environment: environment)
    }

    private func problems(of platform: Platform, _ folder: StateFolder, _ report: @Sendable (String) -> Void) async throws -> [String] {
        try await waitUntilReady(platform, folder)
        report("every service runs on the backup")
        let installation = Installation(record: await platform.record, environment: [:])
        var problems = try await installation.linked { link in
            var problems: [String] = []
            let ledger = try await link.ask(CheckLedger(), key: "ledger", within: limit).orThrow().answer(LedgerReport.self)
            report("ledger: \(ledger.summary.replacing("\n", with: ", "))")
            problems += ledger.violations.map { "ledger: \($0.law) \($0.subject): \($0.detail)" }
            for service in installation.services.map(\.name) {
                let witnesses = installation.services.map(\.name).filter { $0 != service }
                let finding = try await AuditFinding.of(service, witnesses: witnesses, link: link)
                report("audit trail of \(finding.summary)")
                if let problem = finding.problem { problems.append("audit trail of \(service): \(problem)") }
            }
            return problems
        }
        let used = try await usedPapers(platform)
        let papers = try Papers(in: folder.path + "/files")
        problems += papers.changed.map { "the paper \($0) has changed" }
        problems += used.subtracting(papers.intact).subtracting(papers.changed).sorted().map { "the paper \($0) is missing" }
        report("\(papers.intact.count) papers are intact; redemptions use \(used.count)")
        return problems
    }

    /// Waits until every readiness check passes, except those that need the bank. Throws a `CommandError` with the failing checks.
    private func waitUntilReady(_ platform: Platform, _ folder: StateFolder) async throws {
        let end = ContinuousClock.now + limit
        while true {
            var failing: [String] = []
            let services = await platform.record.services
            for service in services {
                guard let checks = await ServiceStatus.of(service).checks else {
                    failing.append("\(service.name) does not answer")
                    continue
                }
                failing += checks.filter { !$0.ok && !Self.ofTheBank.contains($0.name) }
                    .map { "\(service.name): \($0.name): \($0.reason ?? "failed")" }
            }
            if services.count == PlatformService.all.count, failing.isEmpty { return }
            guard ContinuousClock.now < end else {
                let logs = folder.path + "-logs"
                try? FileManager.default.copyItem(atPath: folder.path + "/logs", toPath: logs)
                throw CommandError("the restored services are not ready:\n\(failing.joined(separator: "\n"))\nthe logs are in \(logs)")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static let used = PostgresStatement("restore.used-papers", "select file from file_use")

    /// The hashes of the papers to which redemptions refer.
    private func usedPapers(_ platform: Platform) async throws -> Set<String> {
        var redemption = await platform.databaseConfiguration
        redemption.database = "redemption"
        redemption.maximumConnections = 1
        let pool = PostgresPool(redemption, logger: Logger(label: "quan"))
        do {
            let files = try await pool.withConnection { try await $0.query(Self.used).decode(String.self) }
            await pool.close(deadline: .seconds(5))
            return Set(files)
        } catch {
            await pool.close(deadline: .seconds(5))
            throw error
        }
    }

    /// The papers of a store, each verified against its hash, which is its name.
    private struct Papers {
        private(set) var intact: Set<String> = []
        private(set) var changed: Set<String> = []

        init(in folder: String) throws {
            guard let names = FileManager.default.enumerator(atPath: folder) else { throw CommandError("cannot read the folder \(folder)") }
            for case let name as String in names {
                let hash = URL(filePath: name).lastPathComponent
                guard ContentHash(hexadecimal: hash) != nil, let bytes = FileManager.default.contents(atPath: folder + "/" + name) else {
                    continue
                }
                if ContentHash(of: Array(bytes)).hexadecimal == hash { intact.insert(hash) } else { changed.insert(hash) }
            }
        }
    }
}
