import Foundation
import Kernel
import LocalPostgres
import Logging
import Messages
import Messaging
import Postgres

/// Rehearses a restore: brings a backup up on this machine, in a folder that goes with it, and looks whether all of it is in order.
///
/// It has a broker of its own and no bank: nothing that it does reaches anybody.
struct RestoreCheck: Sendable {
    let backup: Backup
    /// How long restoring and starting may each take.
    let limit: Duration

    /// Checks of readiness that need the bank.
    private static let ofTheBank: Set<String> = ["bank", "answers", "statement"]
    private static let keys = ["QUAN_PAYOUT_MASTER_KEYS", "QUAN_IDENTITY_MASTER_KEY"]
    /// The discard port, on which no bank listens.
    private static let noBank = "http://127.0.0.1:9"

    /// Runs the rehearsal. Returns a line for each fault that it finds. Throws a `Complaint` where the installation does not start.
    func run(told: @escaping @Sendable (String) -> Void) async throws -> [String] {
        let record = try backup.read()
        let folder = try StateFolder()
        defer { folder.discard() }
        try await backup.restore(to: folder, within: limit)
        told("restored as of \(record.madeAt.ISO8601Format()) in \(folder.path)")
        let platform = try await Platform.open(options(record), folder: folder)
        let running = Task { try await platform.run() }
        let result: Result<[String], any Error>
        do { result = .success(try await look(at: platform, folder, told)) } catch { result = .failure(error) }
        await platform.stop()
        try await running.value
        return try result.get()
    }

    private func options(_ record: Backup.Record) throws -> Platform.Options {
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("QUAN_KAFKA_") && !$0.key.hasPrefix("QUAN_DATABASE_")
        }
        // A backup's own keys count before those of the installation that this environment is about.
        if record.hasKeys { for name in Self.keys { environment[name] = nil } }
        environment["QUAN_PAYOUT_BANK_URL"] = Self.noBank
        return Platform.Options(
            services: PlatformService.all, portalPort: try LoopbackPort.free(), signInPort: try LoopbackPort.free(),
            rehearsal: record.isRehearsal ? record.madeAt : nil, environment: environment)
    }

    private func look(at platform: Platform, _ folder: StateFolder, _ told: @Sendable (String) -> Void) async throws -> [String] {
        try await waitUntilReady(platform, folder)
        told("every service runs on it")
        let installation = Installation(record: await platform.record, environment: [:])
        var wrong = try await installation.linked { link in
            var wrong: [String] = []
            let ledger = try await link.ask(CheckLedger(), key: "ledger", within: limit).orComplain().answer(LedgerReport.self)
            told("ledger: \(ledger.told.replacing("\n", with: ", "))")
            wrong += ledger.violations.map { "ledger: \($0.law) \($0.subject): \($0.detail)" }
            for service in installation.services.map(\.name) {
                let keepers = installation.services.map(\.name).filter { $0 != service }
                let finding = try await AuditFinding.of(service, keepers: keepers, link: link)
                told("audit trail of \(finding.told)")
                if let trouble = finding.trouble { wrong.append("audit trail of \(service): \(trouble)") }
            }
            return wrong
        }
        let used = try await usedPapers(platform)
        let papers = try Papers(in: folder.path + "/files")
        wrong += papers.changed.map { "the paper \($0) is not what it was" }
        wrong += used.subtracting(papers.whole).subtracting(papers.changed).sorted().map { "the paper \($0) is missing" }
        told("\(papers.whole.count) papers are what they were; redemptions use \(used.count)")
        return wrong
    }

    /// Waits until every readiness check is well, except those that need the bank. Throws a `Complaint` with the failing checks.
    private func waitUntilReady(_ platform: Platform, _ folder: StateFolder) async throws {
        let end = ContinuousClock.now + limit
        while true {
            var waiting: [String] = []
            let services = await platform.record.services
            for service in services {
                guard let checks = await ServiceLook.of(service).checks else {
                    waiting.append("\(service.name) does not answer")
                    continue
                }
                waiting += checks.filter { !$0.ok && !Self.ofTheBank.contains($0.name) }
                    .map { "\(service.name): \($0.name): \($0.reason ?? "not well")" }
            }
            if services.count == PlatformService.all.count, waiting.isEmpty { return }
            guard ContinuousClock.now < end else {
                let logs = folder.path + "-logs"
                try? FileManager.default.copyItem(atPath: folder.path + "/logs", toPath: logs)
                throw Complaint("the restored services are not ready:\n\(waiting.joined(separator: "\n"))\ntheir logs are in \(logs)")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static let used = PostgresStatement("restore.used-papers", "select file from file_use")

    /// The papers that redemptions name, by their hashes.
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

    /// The papers of a store, each held against its hash, which is its name.
    private struct Papers {
        private(set) var whole: Set<String> = []
        private(set) var changed: Set<String> = []

        init(in folder: String) throws {
            guard let names = FileManager.default.enumerator(atPath: folder) else { throw Complaint("cannot read the folder \(folder)") }
            for case let name as String in names {
                let hash = URL(filePath: name).lastPathComponent
                guard ContentHash(hexadecimal: hash) != nil, let bytes = FileManager.default.contents(atPath: folder + "/" + name) else {
                    continue
                }
                if ContentHash(of: Array(bytes)).hexadecimal == hash { whole.insert(hash) } else { changed.insert(hash) }
            }
        }
    }
}
