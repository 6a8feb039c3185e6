import ArgumentParser
import Foundation
import Operations
import Postgres

/// `quan backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Backs up a running installation to a folder.",
        discussion: """
            Copies all databases as of one moment while the services run, then the papers and the
            keys. Kafka's log is not copied: services republish what others miss.

            By default it backs up the installation of the state folder. For another installation,
            set QUAN_DATABASE_HOST (_PORT, _USER, _PASSWORD of a role with the right to replicate)
            and give its folders with --files and --secrets.

            Verify every backup with `quan restore --check FOLDER`.

            EXAMPLES
              quan backup /backup/quan-2026-05-20
              QUAN_DATABASE_HOST=db quan backup /backup/today --files /srv/quan/files --secrets /srv/quan/secrets
            """)

    @OptionGroup var place: StateOption

    @Option(help: ArgumentHelp("Folder of papers; files/ in the state folder by default.", valueName: "folder"))
    var files: String?

    @Option(help: ArgumentHelp("Folder of passwords and keys; secrets/ in the state folder by default.", valueName: "folder"))
    var secrets: String?

    @Flag(help: "The installation is a rehearsal; needed only with QUAN_DATABASE_HOST.")
    var rehearsal = false

    @Option(help: ArgumentHelp("Timeout for copying the databases.", valueName: "seconds"))
    var within = 3600

    @Argument(help: "The folder to create.")
    var folder: String

    func validate() throws {
        guard (1...86_400).contains(within) else { throw ValidationError("--within must be from 1 to 86400 seconds, not \(within)") }
    }

    func run() async throws {
        let backup = try await Backup.make(of: try source(), in: folder, within: .seconds(within)) { Notice.print($0) }
        let record = try backup.read()
        print("\(backup.folder) contains all databases as of \(record.madeAt.ISO8601Format()), and \(record.papers) papers")
        if !record.hasKeys { print("it contains no keys: back up the keys of the installation separately") }
    }

    private func source() throws -> Backup.Source {
        let environment = ProcessInfo.processInfo.environment
        if let host = environment["QUAN_DATABASE_HOST"] {
            guard let files else { throw CommandError("give the folder of papers with --files") }
            let server = PostgresConfiguration(
                host: host, port: environment["QUAN_DATABASE_PORT"].flatMap(Int.init) ?? 5432, database: "postgres",
                user: environment["QUAN_DATABASE_USER"] ?? "postgres", password: environment["QUAN_DATABASE_PASSWORD"])
            return Backup.Source(server: server, papers: files, keys: secrets, isRehearsal: rehearsal)
        }
        let record = try PlatformRecord.read(in: place.path)
        let keys = secrets ?? place.path + "/secrets"
        let server = PostgresConfiguration(
            host: record.databaseHost, port: record.databasePort, database: "postgres", user: "postgres",
            password: try? String(contentsOfFile: keys + "/postgres", encoding: .utf8))
        return Backup.Source(
            server: server, papers: files ?? place.path + "/files", keys: keys, isRehearsal: record.isRehearsal)
    }
}

/// `quan restore`
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restores a backup, or verifies it.",
        discussion: """
            With --check, restores the backup to a temporary folder, runs it on this machine with its
            own broker and no bank, and verifies the quota ledger, every audit trail and every paper's
            hash. Then it removes the folder. Exit code 1 if it finds a problem.

            Without --check, restores the backup to a new state folder; start it with `quan up`. A
            backup without keys needs the installation's QUAN_PAYOUT_MASTER_KEYS and
            QUAN_IDENTITY_MASTER_KEY in the environment.

            EXAMPLES
              quan restore --check /backup/quan-2026-05-20
              quan restore /backup/quan-2026-05-20 --state /srv/quan
            """)

    @OptionGroup var place: StateOption

    @Flag(help: "Only verify the backup.")
    var check = false

    @Option(help: ArgumentHelp("Timeout for restoring, and for starting.", valueName: "seconds"))
    var within = 600

    @Argument(help: "The folder made by `quan backup`.")
    var backup: String

    func validate() throws {
        guard (1...86_400).contains(within) else { throw ValidationError("--within must be from 1 to 86400 seconds, not \(within)") }
    }

    func run() async throws {
        let backup = try Backup(at: backup)
        guard check else { return try await restore(backup) }
        let problems = try await RestoreCheck(backup: backup, limit: .seconds(within)).run { Notice.print($0) }
        problems.forEach { print($0) }
        guard problems.isEmpty else {
            print("\(backup.folder): \(problems.count) problems")
            throw ExitCode.failure
        }
        print("\(backup.folder): the backup is complete and consistent")
    }

    private func restore(_ backup: Backup) async throws {
        let manager = FileManager.default
        let isUsed = ["postgres", "files", "secrets"].contains { manager.fileExists(atPath: place.path + "/" + $0) }
        guard !isUsed else { throw CommandError("\(place.path) already contains an installation: name another folder with --state") }
        let state = try StateFolder(path: place.path)
        try state.lock()
        do { try await backup.restore(to: state, within: .seconds(within)) } catch {
            for name in ["postgres", "files", "secrets"] { try? manager.removeItem(atPath: state.path + "/" + name) }
            throw error
        }
        print("restored in \(state.path), as of \(try backup.read().madeAt.ISO8601Format()); start it with: quan up --state \(state.path)")
    }
}
