import ArgumentParser
import Foundation
import Postgres

/// `quan backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies databases, papers and keys of a running installation into a folder.",
        discussion: """
            All databases are copied as of one moment, while everything runs; then the papers and the
            keys. Kafka's log is not needed: services send again what others miss.

            Without more it backs up the installation of the state folder. Of any other name its
            PostgreSQL by QUAN_DATABASE_HOST (_PORT, _USER, _PASSWORD of a role that may replicate),
            and its folders by --files and --secrets.

            Rehearse every backup: `quan restore --check FOLDER`.

            EXAMPLES
              quan backup /backup/quan-2026-05-20
              QUAN_DATABASE_HOST=db quan backup /backup/today --files /srv/quan/files --secrets /srv/quan/secrets
            """)

    @OptionGroup var place: StateOption

    @Option(help: ArgumentHelp("The store of papers; the folder files/ of the state folder when not said.", valueName: "folder"))
    var files: String?

    @Option(help: ArgumentHelp("Passwords and keys; the folder secrets/ of the state folder when not said.", valueName: "folder"))
    var secrets: String?

    @Flag(help: "The installation is a rehearsal: only needed where it is not the state folder's.")
    var rehearsal = false

    @Option(help: ArgumentHelp("Give up copying the databases after this long.", valueName: "seconds"))
    var within = 3600

    @Argument(help: "A folder that is not there yet.")
    var folder: String

    func validate() throws {
        guard (1...86_400).contains(within) else { throw ValidationError("--within takes 1 to 86400 seconds, not \(within)") }
    }

    func run() async throws {
        let backup = try await Backup.make(of: try source(), in: folder, within: .seconds(within)) { Notice.say($0) }
        let record = try backup.read()
        print("\(backup.folder) holds everything as of \(record.madeAt.ISO8601Format()), and \(record.papers) papers")
        if !record.hasKeys { print("it has no keys: keep those of the installation beside it") }
    }

    private func source() throws -> Backup.Source {
        let environment = ProcessInfo.processInfo.environment
        if let host = environment["QUAN_DATABASE_HOST"] {
            guard let files else { throw Complaint("name the store of papers with --files") }
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
        commandName: "restore", abstract: "Rehearses a restore, or makes a state folder of a backup.",
        discussion: """
            With --check it brings the backup up on this machine, with a broker of its own and no
            bank, and looks whether all is in order: the quota ledger, every audit trail and the heads
            that others keep, and every paper against its hash. Then all of it is removed again. Exit
            code 1 when something is wrong.

            Without --check it makes the state folder, which must not be there yet; start it with
            `quan up`. A backup without keys needs QUAN_PAYOUT_MASTER_KEYS and
            QUAN_IDENTITY_MASTER_KEY of the installation in the environment.

            EXAMPLES
              quan restore --check /backup/quan-2026-05-20
              quan restore /backup/quan-2026-05-20 --state /srv/quan
            """)

    @OptionGroup var place: StateOption

    @Flag(help: "Only rehearse it.")
    var check = false

    @Option(help: ArgumentHelp("Give up when restoring or starting takes longer.", valueName: "seconds"))
    var within = 600

    @Argument(help: "The folder that `quan backup` has made.")
    var backup: String

    func validate() throws {
        guard (1...86_400).contains(within) else { throw ValidationError("--within takes 1 to 86400 seconds, not \(within)") }
    }

    func run() async throws {
        let backup = try Backup(at: backup)
        guard check else { return try await restore(backup) }
        let wrong = try await RestoreCheck(backup: backup, limit: .seconds(within)).run { Notice.say($0) }
        wrong.forEach { print($0) }
        guard wrong.isEmpty else {
            print("\(backup.folder): \(wrong.count) things are wrong")
            throw ExitCode.failure
        }
        print("\(backup.folder): everything is there and in order")
    }

    private func restore(_ backup: Backup) async throws {
        let manager = FileManager.default
        let isUsed = ["postgres", "files", "secrets"].contains { manager.fileExists(atPath: place.path + "/" + $0) }
        guard !isUsed else { throw Complaint("\(place.path) holds an installation already: name another folder with --state") }
        let state = try StateFolder(path: place.path)
        try state.lock()
        do { try await backup.restore(to: state, within: .seconds(within)) } catch {
            for name in ["postgres", "files", "secrets"] { try? manager.removeItem(atPath: state.path + "/" + name) }
            throw error
        }
        print("restored in \(state.path), as of \(try backup.read().madeAt.ISO8601Format()); start it with: quan up --state \(state.path)")
    }
}
