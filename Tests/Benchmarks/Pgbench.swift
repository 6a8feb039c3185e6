import Foundation
import Glibc
import Postgres
import TestKit

/// PostgreSQL's own benchmark program: what the server can do when the client does next to nothing.
struct Pgbench: Sendable {
    private let path: String

    /// Debian keeps each major version apart, off the PATH.
    static func newest() throws -> Pgbench {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init).sorted(by: >)
        for version in versions where FileManager.default.isExecutableFile(atPath: "\(root)/\(version)/bin/pgbench") {
            return Pgbench(path: "\(root)/\(version)/bin/pgbench")
        }
        throw BenchmarkError("there is no pgbench under \(root)/*/bin: install it with `apt-get install postgresql`")
    }

    /// Runs a script with prepared statements and returns its transactions a second.
    func transactionsPerSecond(
        _ script: String, on database: Database, clients: Int, seconds: Int, variables: [String: String] = [:]
    ) async throws -> Double {
        let output = try await run(script, on: database, seconds: seconds) { _ in
            // Two threads at most: more clients a thread cost pgbench nothing, and the cores are the server's too.
            ["-c", "\(clients)", "-j", "\(min(2, clients))"]
                + variables.sorted { $0.key < $1.key }.flatMap { ["-D", "\($0.key)=\($0.value)"] }
        }.output
        let line = output.split(separator: "\n").last { $0.hasPrefix("tps = ") }
        guard let line, let rate = Double(line.dropFirst(6).prefix { $0 != " " }) else {
            throw BenchmarkError("pgbench told no rate; it said:\n\(output.suffix(1000))")
        }
        return rate
    }

    /// Runs a script so many times a second, whatever the answers take, and returns how long each took from its due moment, in
    /// milliseconds.
    func latencies(_ script: String, on database: Database, clients: Int, perSecond: Int, seconds: Int) async throws -> [Double] {
        try await run(script, on: database, seconds: seconds) { folder in
            ["-c", "\(clients)", "-j", "1", "-R", "\(perSecond)", "-l", "--log-prefix=\(folder)/log"]
        }.logs.split(separator: "\n").compactMap { line in
            // client, transaction, microseconds, script, seconds, microseconds, lag; the time counts from the due moment.
            let fields = line.split(separator: " ")
            return fields.count >= 3 ? Double(fields[2]).map { $0 / 1000 } : nil
        }
    }

    private func run(
        _ script: String, on database: Database, seconds: Int, _ arguments: (String) -> [String]
    ) async throws -> (output: String, logs: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("quan-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let scriptFile = folder.appendingPathComponent("script.sql")
        try Data(script.utf8).write(to: scriptFile)
        let output = folder.appendingPathComponent("output").path
        let target = database.configuration
        let child = try ChildProcess(
            [
                path, "-h", target.host, "-p", "\(target.port)", "-U", target.user, "-n", "-M", "prepared", "-T", "\(seconds)", "-f",
                scriptFile.path,
            ] + arguments(folder.path) + [target.database], output: output)
        let alarm = Task {
            try await Task.sleep(for: .seconds(seconds + 60))
            kill(child.pid, SIGTERM)
        }
        let status = await child.exit()
        alarm.cancel()
        let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard status == 0 else { throw BenchmarkError("pgbench failed with status \(status); it said:\n\(said.suffix(1000))") }
        let logs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("log.") }.map { try String(contentsOf: $0, encoding: .utf8) }
        return (said, logs.joined(separator: "\n"))
    }
}

/// Why nothing can be measured.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
