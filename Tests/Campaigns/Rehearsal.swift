import Foundation
import Glibc
import LocalPostgres
import TestKit

/// A rehearsal installation of its own, four lanes a service, gone with it.
struct Rehearsal: Sendable {
    typealias Record = InstallationProcess.Record

    /// Where the rehearsal's clock begins: a working day in the season of `beijing-2026`.
    private static let beginning = "2026-04-01T01:00:00Z"

    private let installation: InstallationProcess
    private let logs: String

    /// As it was when it was ready.
    var record: Record { installation.record }
    var state: String { installation.state }

    /// Starts one and waits until it is ready.
    /// - Parameters:
    ///   - logs: the folder its logs are copied to at its end.
    ///   - settings: further `NAME=value` of its environment.
    static func start(logs: String, settings: [String] = []) async throws -> Rehearsal {
        try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
        let installation = try await InstallationProcess.start(
            ["--ephemeral", "--rehearsal", "--at", beginning, "--port", "0"], settings: ["QUAN_MESSAGING_LANES=4"] + settings,
            log: logs + "/up.log")
        return Rehearsal(installation: installation, logs: logs)
    }

    /// The processes of its services as they are now.
    func services() throws -> [Record.Service] { try installation.services() }

    /// The port of a service's HTTP listener.
    func port(of service: String) throws -> Int { try installation.port(of: service) }

    /// Runs a command of the operator on it; its exit status and what it wrote.
    func quan(_ arguments: String..., within limit: Duration = .seconds(120)) async throws -> (status: Int32, said: String) {
        let said = logs + "/quan-\(arguments.joined(separator: "-").filter { $0.isLetter || $0.isNumber || $0 == "-" }).log"
        try? FileManager.default.removeItem(atPath: said)
        let quan = try InstallationProcess.program("quan")
        let status = try await Program.run([quan] + arguments + ["--state", state], output: said, within: limit)
        return (status, (try? String(contentsOfFile: said, encoding: .utf8)) ?? "")
    }

    /// Ends it in order, and keeps the logs of its services.
    func stop() async {
        let kept = logs + "/services"
        try? FileManager.default.removeItem(atPath: kept)
        try? FileManager.default.copyItem(atPath: state + "/logs", toPath: kept)
        await installation.stop()
    }
}

/// Programs that are run to their end.
enum Program {
    static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]

    /// Runs one; its exit status, 137 when it was killed because it took too long. What it writes is appended to `output`.
    static func run(
        _ command: [String], settings: [String] = [], output: String, within limit: Duration
    ) async throws -> Int32 {
        let child = try ChildProcess(command, environment: environment + settings, output: output)
        let killer = Task {
            try await Task.sleep(for: limit)
            kill(child.pid, SIGKILL)
        }
        defer { killer.cancel() }
        return await child.exit()
    }
}
