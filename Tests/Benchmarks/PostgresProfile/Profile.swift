import Foundation
import Logging
import Postgres
import TestKit

/// Holds the Postgres module against pgbench, each in turn on one private server: the same statements, the same number of connections.
@main
struct Profile {
    static let touch = PostgresStatement("touch", "update counter set n = n + 1 where id = $1")
    static let insert = PostgresStatement("insert", "insert into event (key, body) values ($1, $2)")
    static let seconds = 5

    static func main() async throws {
        var options = PrivatePostgres.Options()
        options.isDurable = CommandLine.arguments.contains("--durable")
        let server = try await PrivatePostgres.start(options)
        for connections in [1, 8, 32] {
            try await compare(
                "update, 1 row a transaction", connections, server, rows: 1,
                "\\set id random(1, 10000)\nupdate counter set n = n + 1 where id = :id;\n"
            ) { pool in
                _ = try await pool.withConnection { try await $0.execute(touch, Int.random(in: 1...10_000)) }
            }
        }
        try await compare(
            "begin, update, commit", 8, server, rows: 1,
            "\\set id random(1, 10000)\nbegin;\nupdate counter set n = n + 1 where id = :id;\ncommit;\n"
        ) { pool in
            _ = try await pool.withTransaction("touch") { try await $0.execute(touch, Int.random(in: 1...10_000)) }
        }
        let line = "insert into event (key, body) values (:key, 'a body of some thirty characters.');\n"
        let script =
            "\\set key random(1, 1000000)\n\\startpipeline\nbegin;\n" + String(repeating: line, count: 100) + "commit;\n\\endpipeline\n"
        for connections in [1, 8] {
            try await compare("insert, 100 rows a transaction, pipelined", connections, server, rows: 100, script) { pool in
                let key = Int.random(in: 1...1_000_000)
                let steps = (0..<100).map { _ in PostgresStep(insert, key, "a body of some thirty characters.") }
                _ = try await pool.withConnection { try await $0.pipeline(steps) }
            }
        }
        await server.discard()
    }

    static func compare(
        _ name: String, _ connections: Int, _ server: PrivatePostgres, rows: Int, _ script: String,
        _ transaction: @escaping @Sendable (PostgresPool) async throws -> Void
    ) async throws {
        var configuration = try await server.temporaryDatabase("profile")
        configuration.maximumConnections = connections
        let pool = PostgresPool(configuration, logger: Logger(label: "profile"))
        try await pool.withConnection {
            try await $0.script(
                "create table counter (id bigint primary key, n bigint not null); insert into counter select i, 0 from generate_series(1, 10000) i"
            )
            try await $0.script("create table event (id bigserial primary key, key bigint not null, body text not null)")
        }
        let theirs = try pgbench(script, connections, configuration)
        let ours = try await measure(pool, connections, transaction)
        await pool.close(deadline: .seconds(5))
        let figures = "ours \(Int(ours) * rows)/s, pgbench \(Int(theirs) * rows)/s, ratio \(String(format: "%.2f", ours / theirs))"
        print("\(name), \(connections) connections: \(figures)")
    }

    static func measure(_ pool: PostgresPool, _ tasks: Int, _ transaction: @escaping @Sendable (PostgresPool) async throws -> Void)
        async throws -> Double
    {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let count = try await withThrowingTaskGroup { group in
            for _ in 0..<tasks {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now < end {
                        try await transaction(pool)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    static func pgbench(_ script: String, _ connections: Int, _ configuration: PostgresConfiguration) throws -> Double {
        let file = "/tmp/quan-profile-\(UUID().uuidString).sql"
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let command =
            "exec $(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/pgbench -n -M prepared -c \(connections) -j 2 -T \(seconds)"
        process.arguments = ["-c", "\(command) -h \(configuration.host) -U \(configuration.user) -f \(file) \(configuration.database)"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard let match = text.firstMatch(of: /tps = ([0-9.]+)/), let tps = Double(match.1) else {
            throw PrivatePostgresError(description: "pgbench said no rate: \(text)")
        }
        return tps
    }
}
