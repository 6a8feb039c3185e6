import Foundation
import Glibc
import TestKit

/// A temporary installation for measurements.
struct PlatformProcess: Sendable {
    private let installation: InstallationProcess
    private let folder: String

    var record: InstallationProcess.Record { installation.record }
    /// The time from the start of the process until every service is ready, in seconds.
    var startSeconds: Double { installation.startSeconds }

    /// Starts an installation and waits until it is ready. `stop` removes its data.
    /// - Parameter isDurable: whether its database writes to the disk; otherwise it is `--ephemeral`.
    static func start(isDurable: Bool) async throws -> PlatformProcess {
        let folder = try TemporaryFolder.make(named: "quan-bench")
        // The database server may run as another user, who needs access to the folder.
        chmod(folder, 0o711)
        let state = isDurable ? ["--state", folder + "/state"] : ["--ephemeral"]
        do {
            let installation = try await InstallationProcess.start(
                ["--port", "0", "--rehearsal", "--at", "2026-04-01T01:00:00Z"] + state,
                settings: [
                    "QUAN_LOG_LEVEL=error",
                    // The rate limit of a caller must not limit the measurement.
                    "QUAN_PORTAL_REQUESTS_PER_SECOND=100000", "QUAN_PORTAL_REQUEST_BURST=100000",
                ], log: folder + "/up.log")
            return PlatformProcess(installation: installation, folder: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    func port(of service: String) throws -> Int { try installation.port(of: service) }

    /// Stops the installation.
    func stop() async {
        await installation.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

extension HTTPConnection {
    /// Sends a request and waits for its answer. Throws a `BenchmarkError` if there is none.
    func ask(_ method: String, _ path: String, headers: [String] = [], body: String = "") throws -> Answer {
        switch ask(Request(method: method, path: path, headers: ["Content-Type: application/json"] + headers, body: Array(body.utf8))) {
        case .answered(let answer): return answer
        case .timedOut: throw BenchmarkError("\(path) was not answered in time")
        case .closed(let why): throw BenchmarkError("\(path) was not answered: \(why)")
        }
    }
}

extension HTTPConnection.Answer {
    /// The text after `before`, up to the next quotation mark; nil if `before` is not found.
    func text(after before: String) -> String? {
        let body = text
        return body.range(of: before, options: .literal).map { String(body[$0.upperBound...].prefix { $0 != "\"" }) }
    }
}
