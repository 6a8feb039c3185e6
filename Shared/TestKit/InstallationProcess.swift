import Foundation
import Glibc
import StrictJSON

/// An installation on this machine: the process `quan up`, from the same build as this program. It ends with this program.
public struct InstallationProcess: Sendable {
    /// The fields read from `platform.json`.
    public struct Record: Decodable, Sendable {
        /// A running service.
        public struct Service: Decodable, Sendable, Hashable {
            /// The service's name.
            public let name: String
            /// The process id.
            public let pid: Int32
            /// The port of the HTTP listener.
            public let httpPort: Int
        }

        /// The addresses of the Kafka brokers.
        public let kafkaBootstrapServers: String
        /// The address of the portal.
        public let portal: String
        /// The address of the sign-in.
        public let signIn: String
        /// The services.
        public let services: [Service]
    }

    /// The installation does not start, or has no such service.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What happened.
        public let description: String
    }

    /// The timeout of the start.
    private static let startTimeout = Duration.seconds(120)

    /// The record when the installation became ready.
    public let record: Record
    /// The state folder.
    public let state: String
    /// The seconds from the start of the process until every service was ready.
    public let startSeconds: Double
    private let child: ChildProcess

    /// Starts an installation and waits until all its services are ready.
    ///
    /// - Parameters:
    ///   - arguments: the arguments of `quan up`.
    ///   - settings: further environment variables, as `NAME=value`.
    ///   - log: the file of its output.
    public static func start(_ arguments: [String], settings: [String] = [], log: String) async throws -> InstallationProcess {
        let begun = ContinuousClock.now
        let child = try await ChildProcess(
            [try program("quan"), "up"] + arguments,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"] + settings, output: log)
        do {
            let state = try await readyState(log, child)
            let seconds = (ContinuousClock.now - begun) / .seconds(1)
            return InstallationProcess(record: try record(in: state), state: state, startSeconds: seconds, child: child)
        } catch {
            kill(child.pid, SIGKILL)
            throw error
        }
    }

    /// The path of a program from the same build.
    public static func program(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "\(program) does not exist: build all products, as ./quan does")
        }
        return program
    }

    private static func record(in state: String) throws -> Record {
        try StrictJSON.decode(Record.self, from: Array(Data(contentsOf: URL(filePath: state + "/platform.json"))))
    }

    /// Waits until the output reports that it is ready, and returns the state folder named there.
    private static func readyState(_ log: String, _ child: ChildProcess) async throws -> String {
        let end = ContinuousClock.now + startTimeout
        while true {
            let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if output.contains("\nstart_seconds "), let state = output.firstMatch(of: /\n +state +(\/\S+)/)?.1 { return String(state) }
            guard ContinuousClock.now < end, kill(child.pid, 0) == 0 else {
                throw Failure(description: "quan up did not start; its output ends with:\n\(output.suffix(2000))")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The current processes of the services.
    public func services() throws -> [Record.Service] { try Self.record(in: state).services }

    /// The port of a service's HTTP listener.
    public func port(of service: String) throws -> Int {
        guard let found = record.services.first(where: { $0.name == service }) else {
            throw Failure(description: "the service \(service) does not run")
        }
        return found.httpPort
    }

    /// Stops the installation with SIGTERM, and kills it after a minute.
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
