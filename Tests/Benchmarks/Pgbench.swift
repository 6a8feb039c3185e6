import Foundation
import Glibc
import Postgres
import TestKit

/// Runs pgbench, PostgreSQL's benchmark program with a minimal client.
struct Pgbench: Sendable {
    private let path: String

    /// The newest version. Debian installs each major version in its own folder, not in the PATH.
    static func newest() throws -> Pgbench {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init).sorted(by: >)
        for version in versions where FileManager.default.isExecutableFile(atPath: "\(root)/\(version)/bin/pgbench") {
            return Pgbench(path: "\(root)/\(version)/bin/pgbench")
        }
        throw BenchmarkError("pgbench not found in \(root)/*/bin: install it with `apt-get install postgresql`")
    }

    /// Runs a script with prepared statements. Returns its transactions per second.
    func transactionsPerSecond(
        _ script: String, on database: Database, clients: Int, seconds: Int, variables: [String: String] = [:]
    ) async throws -> Double {
        let output = try await run(script, on: database, seconds: seconds) { _ in
            // At most two threads: pgbench needs no more, and the server shares the cores.
            ["-c", "\(clients)", "-j", "\(min(2, clients))"]
                + variables.sorted { $0.key < $1.key }.flatMap { ["-D", "\($0.key)=\($0.value)"] }
        }.output
        let line = output.split(separator: "\n").last { $0.hasPrefix("tps = ") }
        guard let line, let rate = Double(line.dropFirst(6).prefix { $0 != " " }) else {
            throw BenchmarkError("pgbench printed no rate; its output:\n\(output.suffix(1000))")
        }
        return rate
    }

    /// Runs a script at a constant rate. Returns the latency of each run from its scheduled time, in milliseconds.
    func latencies(_ script: String, on database: Database, clients: Int, perSecond: Int, seconds: Int) async throws -> [Double] {
        try await run(script, on: database, seconds: seconds) { folder in
            ["-c", "\(clients)", "-j", "1", "-R", "\(perSecond)", "-l", "--log-prefix=\(folder)/log"]
        }.logs.split(separator: "\n").compactMap { line in
            // client, transaction, microseconds, script, seconds, microseconds, lag; the time counts from the scheduled time.
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
        let child = try await ChildProcess(
            [
                path, "-h", target.host, "-p", "\(target.port)", "-U", target.user, "-n", "-M", "prepared", "-T", "\(seconds)", "-f",
                scriptFile.path,
            ] + arguments(folder.path) + [target.database], output: output)
        let killer = Task {
            try await Task.sleep(for: .seconds(seconds + 60))
            kill(child.pid, SIGTERM)
        }
        let status = await child.exit()
        killer.cancel()
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard status == 0 else { throw BenchmarkError("pgbench failed with status \(status); its output:\n\(text.suffix(1000))") }
        let logs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("log.") }.map { try String(contentsOf: $0, encoding: .utf8) }
        return (text, logs.joined(separator: "\n"))
    }
}

/// A failure that prevents a measurement.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
