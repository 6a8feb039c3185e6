import Foundation
import Glibc
import Logging
import Postgres
import TestKit

/// Holds the Postgres module against pgbench on one private server: the same statements, the same number of connections, in turns
/// of a second, so that what else the machine does hits both.
@main
struct Profile {
    static let touch = PostgresStatement("touch", "update counter set n = n + 1 where id = $1")
    static let insert = PostgresStatement("insert", "insert into event (key, body) values ($1, $2)")
    static let rounds = 4

    static func main() async throws {
        var options = PrivatePostgres.Options()
        options.isDurable = CommandLine.arguments.contains("--durable")
        let server = try await PrivatePostgres.start(options)
        let update = "\\set id random(1, 10000)\nupdate counter set n = n + 1 where id = :id;\n"
        for connections in [1, 8, 32] {
            try await compare("update, 1 row a transaction", connections, server, rows: 1, update) { pool, id in
                _ = try await pool.withConnection { try await $0.execute(touch, id) }
            }
        }
        let explicit = update.replacing("update", with: "begin;\nupdate") + "commit;\n"
        for connections in [8, 32] {
            try await compare("begin, update, commit", connections, server, rows: 1, explicit) { pool, id in
                _ = try await pool.withTransaction("touch") { try await $0.execute(touch, id) }
            }
        }
        let line = "insert into event (key, body) values (:key, 'a body of some thirty characters.');\n"
        let lines = String(repeating: line, count: 100)
        let batch = "\\set key random(1, 1000000)\n\\startpipeline\nbegin;\n\(lines)commit;\n\\endpipeline\n"
        for connections in [1, 8] {
            try await compare("insert, 100 rows a transaction, pipelined", connections, server, rows: 100, batch) { pool, key in
                let steps = (0..<100).map { _ in PostgresStep(insert, key, "a body of some thirty characters.") }
                _ = try await pool.withConnection { try await $0.pipeline(steps) }
            }
        }
        await server.discard()
    }

    typealias Transaction = @Sendable (PostgresPool, Int) async throws -> Void

    static func compare(
        _ name: String, _ connections: Int, _ server: PrivatePostgres, rows: Int, _ script: String, _ transaction: @escaping Transaction
    ) async throws {
        var configuration = try await server.temporaryDatabase("profile")
        configuration.maximumConnections = connections
        let pool = PostgresPool(configuration, logger: Logger(label: "profile"))
        try await pool.withConnection {
            try await $0.script(
                """
                create table counter (id bigint primary key, n bigint not null) with (fillfactor = 50);
                insert into counter select i, 0 from generate_series(1, 10000) i;
                create table event (id bigserial primary key, key bigint not null, body text not null)
                """)
        }
        var shared = Score()
        var preferred = Score()
        var theirs = Score()
        for _ in 0..<rounds {
            try await theirs.add(RUSAGE_CHILDREN.rawValue) { try await pgbench(script, connections, configuration) }
            try await shared.add(RUSAGE_SELF.rawValue) { try await measure(pool, connections, nil, transaction) }
            try await preferred.add(RUSAGE_SELF.rawValue) { try await measure(pool, connections, PostgresPool.executor, transaction) }
        }
        await pool.close(deadline: .seconds(5))
        print("\(name), \(connections) connections, in rows:")
        for (what, score) in [("pgbench", theirs), ("ours, cooperative pool", shared), ("ours, own executor", preferred)] {
            let ratio = String(format: "%.2f", score.rate / theirs.rate)
            let microseconds = String(format: "%.1f", score.cpuSeconds / Double(score.count) * 1_000_000)
            print("  \(what): \(Int(score.rate) * rows)/s, ratio \(ratio), CPU of the client \(microseconds) us a transaction")
        }
    }

    struct Score {
        var count = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
        var rate: Double { Double(count) / seconds }

        mutating func add(_ who: __rusage_who_t, _ body: () async throws -> (count: Int, seconds: Double)) async throws {
            let before = Self.cpu(who)
            let (count, seconds) = try await body()
            self.count += count
            self.seconds += seconds
            cpuSeconds += Self.cpu(who) - before
        }

        static func cpu(_ who: __rusage_who_t) -> Double {
            var usage = rusage()
            getrusage(who, &usage)
            return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        }
    }

    static func measure(
        _ pool: PostgresPool, _ tasks: Int, _ executor: (any TaskExecutor)?, _ transaction: @escaping Transaction
    ) async throws -> (count: Int, seconds: Double) {
        let start = ContinuousClock.now
        let end = start + .seconds(1)
        let count = try await withThrowingTaskGroup { group in
            for task in 0..<tasks {
                group.addTask(executorPreference: executor) {
                    var count = 0
                    while ContinuousClock.now < end {
                        count += 1
                        // Scattered like pgbench's, without a system call for it.
                        try await transaction(pool, (count &* 7919 &+ task &* 104_729) % 10_000 + 1)
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return (count, (ContinuousClock.now - start) / .seconds(1))
    }

    static func pgbench(
        _ script: String, _ connections: Int, _ configuration: PostgresConfiguration
    ) async throws -> (count: Int, seconds: Double) {
        let file = "/tmp/quan-profile-\(UUID().uuidString).sql"
        let output = file + ".out"
        defer { [file, output].forEach { try? FileManager.default.removeItem(atPath: $0) } }
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        let program = "exec $(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/pgbench"
        let place = "-h \(configuration.host) -p \(configuration.port) -U \(configuration.user) -f \(file) \(configuration.database)"
        let command = "\(program) -n -M prepared -c \(connections) -j 2 -T 1 \(place)"
        _ = try await ChildProcess(["/bin/sh", "-c", command], output: output).exit()
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard let tps = text.firstMatch(of: /tps = ([0-9.]+)/).flatMap({ Double($0.1) }),
            let count = text.firstMatch(of: /actually processed: ([0-9]+)/).flatMap({ Int($0.1) })
        else { throw PrivatePostgresError(description: "pgbench said no rate: \(text)") }
        return (count, Double(count) / tps)
    }
}
