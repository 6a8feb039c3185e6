import Foundation
import Glibc

/// An installation on this machine: `quan up`, built beside this program, as a process that an operator starts. It ends with this program.
public struct InstallationProcess: Sendable {
    /// What is read of `platform.json`.
    public struct Record: Decodable, Sendable {
        /// A service as it runs.
        public struct Service: Decodable, Sendable, Hashable {
            /// Its name.
            public let name: String
            /// Its process.
            public let pid: Int32
            /// Its HTTP listener.
            public let httpPort: Int
        }

        /// Its Kafka.
        public let kafkaBootstrapServers: String
        /// Its portal.
        public let portal: String
        /// Its sign-in.
        public let signIn: String
        /// Its services.
        public let services: [Service]
    }

    /// It does not start, or has no such part.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What happened.
        public let description: String
    }

    /// The longest that a start may take.
    private static let patience = Duration.seconds(120)

    /// As it was when it was ready.
    public let record: Record
    /// Its state folder.
    public let state: String
    /// From the start of the process until it said that every service is ready.
    public let startSeconds: Double
    private let child: ChildProcess

    /// Starts one and waits until all of it is ready.
    ///
    /// - Parameters:
    ///   - arguments: of `quan up`.
    ///   - settings: `NAME=value` of its environment, besides the few that every program needs.
    ///   - log: the file that it writes to.
    public static func start(_ arguments: [String], settings: [String] = [], log: String) async throws -> InstallationProcess {
        let begun = ContinuousClock.now
        let child = try ChildProcess(
            [try program("quan"), "up"] + arguments,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"] + settings, output: log)
        do {
            let state = try await readyState(log, child)
            let seconds = (ContinuousClock.now - begun) / .seconds(1)
            return InstallationProcess(record: try record(in: state), state: state, startSeconds: seconds, child: child)
        } catch {
            kill(child.pid, SIGKILL)
            child.collectLater()
            throw error
        }
    }

    /// A program that was built with this one.
    public static func program(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "there is no \(program): build everything, as ./quan does")
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
                throw Failure(description: "quan up did not start; it said:\n\(said.suffix(2000))")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The processes of its services as they are now.
    public func services() throws -> [Record.Service] { try Self.record(in: state).services }

    /// The port of a service's HTTP listener.
    public func port(of service: String) throws -> Int {
        guard let found = record.services.first(where: { $0.name == service }) else {
            throw Failure(description: "\(service) does not run")
        }
        return found.httpPort
    }

    /// Ends it in order; one that does not end within a minute is killed.
    public func stop() async {
        kill(child.pid, SIGTERM)
        let killer = Task { [pid = child.pid] in
            try await Task.sleep(for: .seconds(60))
            kill(pid, SIGKILL)
        }
        _ = await child.exit()
        killer.cancel()
    }
}
