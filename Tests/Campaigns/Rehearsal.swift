import Foundation
import Glibc
import LocalPostgres

/// A rehearsal installation of its own, four lanes a service: `quan up`, built beside this program, gone with it.
final class Rehearsal: Sendable {
    /// What is read of `platform.json`.
    struct Record: Decodable, Sendable {
        struct Service: Decodable, Sendable, Hashable {
            let name: String
            let pid: Int32
            let httpPort: Int
        }

        let kafkaBootstrapServers: String
        let portal: String
        let signIn: String
        let services: [Service]
    }

    /// The longest that a start may take.
    private static let patience = Duration.seconds(120)
    /// Where the rehearsal's clock begins: a working day in the season of `beijing-2026`.
    private static let beginning = "2026-04-01T01:00:00Z"
    private static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "QUAN_MESSAGING_LANES=4"]

    /// As it was when it was ready.
    let record: Record
    let state: String
    private let child: ChildProcess
    private let logs: String

    private init(record: Record, state: String, child: ChildProcess, logs: String) {
        (self.record, self.state, self.child, self.logs) = (record, state, child, logs)
    }

    /// Starts one and waits until it is ready.
    /// - Parameters:
    ///   - logs: the folder its logs are copied to at its end.
    ///   - settings: further `NAME=value` of its environment.
    static func start(logs: String, settings: [String] = []) async throws -> Rehearsal {
        try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
        let log = logs + "/up.log"
        let child = try ChildProcess(
            [try program("quan"), "up", "--ephemeral", "--rehearsal", "--at", beginning, "--port", "0"],
            environment: environment + settings,
            output: log)
        do {
            let state = try await readyState(log, child)
            return Rehearsal(record: try record(in: state), state: state, child: child, logs: logs)
        } catch {
            kill(child.pid, SIGKILL)
            child.collectLater()
            throw error
        }
    }

    /// A program that was built with this one.
    static func program(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw CampaignError("there is no \(program): build everything, as `./quan campaign` does")
        }
        return program
    }

    private static func record(in state: String) throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: state + "/platform.json")))
    }

    /// Waits until it says that it is ready; the state folder that it names.
    private static func readyState(_ log: String, _ child: ChildProcess) async throws -> String {
        let end = ContinuousClock.now + patience
        while true {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if said.contains("\nstart_seconds "), let state = said.firstMatch(of: /\n +state +(\/\S+)/)?.1 { return String(state) }
            guard ContinuousClock.now < end, kill(child.pid, 0) == 0 else {
                throw CampaignError("quan up did not start; it said:\n\(said.suffix(2000))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The processes of its services as they are now.
    func services() throws -> [Record.Service] { try Self.record(in: state).services }

    /// The port of a service's HTTP listener.
    func port(of service: String) throws -> Int {
        guard let found = record.services.first(where: { $0.name == service }) else { throw CampaignError("\(service) does not run") }
        return found.httpPort
    }

    /// Runs a command of the operator on it; its exit status and what it wrote.
    func quan(_ arguments: String..., within limit: Duration = .seconds(120)) async throws -> (status: Int32, said: String) {
        let said = logs + "/quan-\(arguments.joined(separator: "-").filter { $0.isLetter || $0.isNumber || $0 == "-" }).log"
        try? FileManager.default.removeItem(atPath: said)
        let status = try await Program.run([try Self.program("quan")] + arguments + ["--state", state], output: said, within: limit)
        return (status, (try? String(contentsOfFile: said, encoding: .utf8)) ?? "")
    }

    /// Ends it in order, and keeps the logs of its services.
    func stop() async {
        let kept = logs + "/services"
        try? FileManager.default.removeItem(atPath: kept)
        try? FileManager.default.copyItem(atPath: state + "/logs", toPath: kept)
        kill(child.pid, SIGINT)
        let killer = Task { [pid = child.pid] in
            try await Task.sleep(for: .seconds(60))
            kill(pid, SIGKILL)
        }
        _ = await child.exit()
        killer.cancel()
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
