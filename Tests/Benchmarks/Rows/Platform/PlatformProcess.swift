import Foundation
import Glibc
import LocalPostgres
import TestKit

/// An installation on this machine: `quan up`, built beside this program, as a process that somebody starts.
struct PlatformProcess: Sendable {
    /// What is read of `platform.json`.
    struct Record: Decodable, Sendable {
        struct Service: Decodable, Sendable {
            let name: String
            let pid: Int32
            let httpPort: Int
        }

        let portal: String
        let signIn: String
        let services: [Service]
    }

    /// The longest that a start may take.
    private static let patience = Duration.seconds(120)

    let record: Record
    /// From the start of the process until it said that every service is ready.
    let startSeconds: Double
    private let child: ChildProcess
    private let folder: String

    /// Starts one and waits until all of it is ready. What it keeps goes with it.
    /// - Parameter isDurable: whether its database writes to the disk as one that is kept does; without, it is `--ephemeral`.
    static func start(isDurable: Bool) async throws -> PlatformProcess {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: "quan").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchmarkError("there is no \(program): build everything, as `./quan bench` does")
        }
        let folder = try ShortFolder.make(named: "quan-bench")
        // The database's server runs as another user, and passes through it.
        chmod(folder, 0o711)
        let log = folder + "/up.log"
        let place = isDurable ? ["--state", folder + "/state"] : ["--ephemeral"]
        let begun = ContinuousClock.now
        let child = try ChildProcess(
            [program, "up", "--port", "0", "--rehearsal", "--at", "2026-04-01T01:00:00Z"] + place,
            environment: [
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "QUAN_LOG_LEVEL=error",
                // What is measured is the platform, not the bound of one caller.
                "QUAN_PORTAL_REQUESTS_PER_SECOND=100000", "QUAN_PORTAL_REQUEST_BURST=100000",
            ], output: log)
        do {
            let state = try await readyState(log, child)
            let seconds = (ContinuousClock.now - begun).seconds
            let record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: state + "/platform.json")))
            return PlatformProcess(record: record, startSeconds: seconds, child: child, folder: folder)
        } catch {
            kill(child.pid, SIGKILL)
            child.collectLater()
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Waits until it says that it is ready; the state folder that it names.
    private static func readyState(_ log: String, _ child: ChildProcess) async throws -> String {
        let end = ContinuousClock.now + patience
        while true {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if said.contains("\nstart_seconds "), let state = said.firstMatch(of: /\n +state +(\/\S+)/)?.1 { return String(state) }
            guard ContinuousClock.now < end, kill(child.pid, 0) == 0 else {
                throw BenchmarkError("quan up did not start; it said:\n\(said.suffix(2000))")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func port(of service: String) throws -> Int {
        guard let found = record.services.first(where: { $0.name == service }) else { throw BenchmarkError("\(service) does not run") }
        return found.httpPort
    }

    /// Ends it in order.
    func stop() async {
        kill(child.pid, SIGTERM)
        let killer = Task { [pid = child.pid] in
            try await Task.sleep(for: .seconds(60))
            kill(pid, SIGKILL)
        }
        _ = await child.exit()
        killer.cancel()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
