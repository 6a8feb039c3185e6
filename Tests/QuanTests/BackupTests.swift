import Foundation
import Kernel
import Postgres
import TestKit
import Testing

@testable import Operations

@Suite("Backup and restore", .serialized)
struct BackupTests {
    private static func folder() -> String { "/tmp/quan-backup-\(UUID().uuidString)" }

    /// The smallest PDF that the store accepts.
    private static let paper: [UInt8] = {
        let body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
        let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n"
        return Array((body + table + "\(body.utf8.count)\n%%EOF\n").utf8)
    }()

    @Test(
        "a backup of a running installation is complete; a changed paper and a damaged database are found; the restored installation starts"
    )
    func rehearsed() async throws {
        let (backup, state) = (Self.folder(), Self.folder())
        defer { for folder in [backup, state] { try? FileManager.default.removeItem(atPath: folder) } }
        var order = ""
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let participants = try await TestParticipants(installation)
            order = try await participants.place()
            let hash = ContentHash(of: Self.paper)
            // A reference to a paper, inserted without the season that leads to a redemption.
            try await installation.database("redemption").run(
                """
                alter table file_use drop constraint file_use_order_id_fkey;
                insert into file_use (file, order_id) values ('\(hash.hexadecimal)', '\(order)');
                """)
            let upload = try await ServiceHTTP.post(
                port: participants.enterprise.port, "/api/v1/files?name=a.pdf",
                headers: ["Authorization: Bearer \(participants.enterprise.token)"],
                body: String(decoding: Self.paper, as: UTF8.self), within: .seconds(30))
            #expect(upload.status == 201, "\(String(decoding: upload.body, as: UTF8.self))")

            let made = try await installation.quan("backup", backup)
            #expect(made.status == 0 && made.output.contains("and 1 papers"), "\(made.output) \(made.errors)")
            for (path, mode) in [("/secrets", 0o700), ("/secrets/postgres", 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: backup + path)
                #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
            }
            let again = try await installation.quan("backup", backup)
            #expect(again.status == 1 && again.errors.contains("already exists"), "\(again.errors)")
            // This order is placed after the backup and is not in it.
            _ = try await participants.place()
        }
        let intact = try await Command.run(Command.quan, ["restore", "--check", backup], within: .seconds(240))
        #expect(intact.status == 0 && intact.output.contains("the backup is complete and consistent"), "\(intact.output) \(intact.errors)")
        #expect(intact.errors.contains("orders: 1"), "\(intact.errors)")

        try await findsDamage(backup)
        try await starts(backup, in: state, order: order)
    }

    private func findsDamage(_ backup: String) async throws {
        let names = try #require(FileManager.default.enumerator(atPath: backup + "/files")).compactMap { $0 as? String }
        let paper = try #require(names.first { $0.hasSuffix(ContentHash(of: Self.paper).hexadecimal) && !$0.contains("owners") })
        let path = backup + "/files/" + paper
        try Data(Self.paper + [0x0a]).write(to: URL(filePath: path))
        let changed = try await Command.run(Command.quan, ["restore", "--check", backup], within: .seconds(240))
        #expect(changed.status == 1 && changed.output.contains("has changed"), "\(changed.output) \(changed.errors)")
        try Data(Self.paper).write(to: URL(filePath: path))

        let database = backup + "/postgres/global/pg_control"
        let control = try #require(FileManager.default.contents(atPath: database))
        try Data(control.dropLast(1) + [0xff]).write(to: URL(filePath: database))
        let broken = try await Command.run(Command.quan, ["restore", "--check", backup], within: .seconds(120))
        #expect(broken.status == 1 && broken.errors.contains("cannot restore the databases"), "\(broken.output) \(broken.errors)")
        try control.write(to: URL(filePath: database))
    }

    private func starts(_ backup: String, in state: String, order: String) async throws {
        let restored = try await Command.run(Command.quan, ["restore", backup, "--state", state])
        #expect(restored.status == 0, "\(restored.output) \(restored.errors)")
        let twice = try await Command.run(Command.quan, ["restore", backup, "--state", state])
        #expect(twice.status == 1 && twice.errors.contains("already contains an installation"), "\(twice.errors)")
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"], state: state) { installation in
            #expect(try await installation.database("ordering").number("select count(*) from orders") == 1)
            #expect(try await installation.database("ordering").number("select count(*) from orders where id = '\(order)'") == 1)
            let audit = try await installation.quan("audit", "verify")
            #expect(audit.status == 0, "\(audit.output) \(audit.errors)")
        }
    }

    @Test("an incomplete backup is refused; a failed backup leaves no files")
    func refused() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let none = try await Command.run(Command.quan, ["restore", "--check", folder])
        #expect(none.status == 1 && none.errors.contains("backup.json"), "\(none.errors)")
        let silent = try await Command.run(
            Command.quan, ["backup", folder + "/b", "--files", folder],
            environment: ["QUAN_DATABASE_HOST": "127.0.0.1", "QUAN_DATABASE_PORT": "1"])
        #expect(silent.status == 1 && silent.errors.contains("cannot copy the databases"), "\(silent.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/b"))
    }
}
