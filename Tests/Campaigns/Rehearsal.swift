import Foundation
import Glibc
import LocalPostgres
import TestKit

/// A temporary rehearsal installation with four workers a service.
struct Rehearsal: Sendable {
    typealias Record = InstallationProcess.Record

    /// The first instant of the rehearsal's clock: a working day in the ordering period of `beijing-2026`.
    private static let firstInstant = "2026-04-01T01:00:00Z"

    private let installation: InstallationProcess
    private let logs: String

    /// Its `platform.json` when it became ready.
    var record: Record { installation.record }
    var state: String { installation.state }

    /// Starts a rehearsal and waits until it is ready.
    /// - Parameters:
    ///   - logs: the folder to which its logs are copied when it stops.
    ///   - settings: additional environment variables, as `NAME=value`.
    static func start(logs: String, settings: [String] = []) async throws -> Rehearsal {
        try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
        let installation = try await InstallationProcess.start(
            ["--ephemeral", "--rehearsal", "--at", firstInstant, "--port", "0"], settings: ["QUAN_MESSAGING_WORKERS=4"] + settings,
            log: logs + "/up.log")
        return Rehearsal(installation: installation, logs: logs)
    }

    /// The current processes of its services.
    func services() throws -> [Record.Service] { try installation.services() }

    /// The port of a service's HTTP listener.
    func port(of service: String) throws -> Int { try installation.port(of: service) }

    /// Runs an operator's command on it. Returns the exit status and the output.
    func quan(_ arguments: String..., within limit: Duration = .seconds(120)) async throws -> (status: Int32, output: String) {
        let log = logs + "/quan-\(arguments.joined(separator: "-").filter { $0.isLetter || $0.isNumber || $0 == "-" }).log"
        try? FileManager.default.removeItem(atPath: log)
        let quan = try InstallationProcess.program("quan")
        let status = try await Program.run([quan] + arguments + ["--state", state], output: log, within: limit)
        return (status, (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }

    /// Stops it, and copies the logs of its services.
    func stop() async {
        let kept = logs + "/services"
        try? FileManager.default.removeItem(atPath: kept)
        try? FileManager.default.copyItem(atPath: state + "/logs", toPath: kept)
        await installation.stop()
    }
}

/// Runs programs until they end.
enum Program {
    static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]

    /// Runs a program and appends its output to `output`. Returns the exit status; 137 if it was killed after `limit`.
    static func run(
        _ command: [String], settings: [String] = [], output: String, within limit: Duration
    ) async throws -> Int32 {
        let child = try await ChildProcess(command, environment: environment + settings, output: output)
        let killer = Task {
            try await Task.sleep(for: limit)
            kill(child.pid, SIGKILL)
        }
        defer { killer.cancel() }
        return await child.exit()
    }
}
