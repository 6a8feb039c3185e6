import Foundation
import Postgres
import Testing

@testable import LocalPostgres

@Suite("The private server")
struct PrivatePostgresTests {
    @Test("stops when the process that started it ends in any way")
    func diesWithProcess() async throws {
        // A killed process only closes the watchdog's socket, as this call does.
        let server = try await PrivatePostgres.start()
        let folder = server.folder
        #expect(FileManager.default.fileExists(atPath: folder + "/data/postmaster.pid"))
        server.releaseAsIfKilled()
        #expect(await eventually { !FileManager.default.fileExists(atPath: folder) })
    }

    @Test("keeps its data in a given folder and uses them again")
    func keptData() async throws {
        var options = PrivatePostgres.Options()
        let kept = "/tmp/quan-kept-\(UUID().uuidString.prefix(8))"
        options.dataFolder = kept + "/data"
        defer { try? FileManager.default.removeItem(atPath: kept) }
        for round in 0..<2 {
            let server = try await PrivatePostgres.start(options)
            let pool = PostgresPool(server.configuration(), logger: quietLogger)
            try await pool.withConnection { try await $0.script("create table if not exists kept (x int); insert into kept values (1)") }
            let rows = try await pool.withConnection { try await $0.query(PostgresStatement("kept", "select x from kept")).count }
            #expect(rows == round + 1)
            await pool.close(deadline: .seconds(5))
            try await server.stop()
            await server.discard()
        }
    }

    @Test("a setting that the server refuses causes an error with the server's message")
    func badSetting() async throws {
        var options = PrivatePostgres.Options()
        options.settings = ["no_such_setting": "1"]
        await #expect {
            _ = try await PrivatePostgres.start(options)
        } throws: { error in
            "\(error)".contains("no_such_setting")
        }
    }

    @Test("successive calls return different ports, also when none is listened on")
    func ports() throws {
        // So many calls that randomly chosen ports would repeat.
        let ports = try (0..<500).map { _ in try LoopbackPort.free() }
        #expect(Set(ports).count == ports.count)
        #expect(ports.allSatisfy { (1024...65535).contains($0) })
    }
}
