import Foundation
import Glibc
import TestKit

/// An installation that is measured, and what it keeps.
struct PlatformProcess: Sendable {
    private let installation: InstallationProcess
    private let folder: String

    var record: InstallationProcess.Record { installation.record }
    /// From the start of the process until it said that every service is ready.
    var startSeconds: Double { installation.startSeconds }

    /// Starts one and waits until all of it is ready. What it keeps goes with it.
    /// - Parameter isDurable: whether its database writes to the disk as one that is kept does; without, it is `--ephemeral`.
    static func start(isDurable: Bool) async throws -> PlatformProcess {
        let folder = try ShortFolder.make(named: "quan-bench")
        // The database's server runs as another user, and passes through it.
        chmod(folder, 0o711)
        let place = isDurable ? ["--state", folder + "/state"] : ["--ephemeral"]
        do {
            let installation = try await InstallationProcess.start(
                ["--port", "0", "--rehearsal", "--at", "2026-04-01T01:00:00Z"] + place,
                settings: [
                    "QUAN_LOG_LEVEL=error",
                    // What is measured is the platform, not the bound of one caller.
                    "QUAN_PORTAL_REQUESTS_PER_SECOND=100000", "QUAN_PORTAL_REQUEST_BURST=100000",
                ], log: folder + "/up.log")
            return PlatformProcess(installation: installation, folder: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    func port(of service: String) throws -> Int { try installation.port(of: service) }

    /// Ends it in order.
    func stop() async {
        await installation.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

extension HTTPConnection {
    /// Sends a request and waits for its answer. Throws where none comes: a figure counts only where all was answered.
    func ask(_ method: String, _ path: String, headers: [String] = [], body: String = "") throws -> Answer {
        switch ask(Request(method: method, path: path, headers: ["Content-Type: application/json"] + headers, body: Array(body.utf8))) {
        case .answered(let answer): return answer
        case .silent: throw BenchmarkError("\(path) is not answered in time")
        case .dropped(let why): throw BenchmarkError("\(path) is not answered: \(why)")
        }
    }
}

extension HTTPConnection.Answer {
    /// What stands behind a text, up to the next quotation mark; nil where there is no such text.
    func text(behind before: String) -> String? {
        let body = text
        return body.range(of: before, options: .literal).map { String(body[$0.upperBound...].prefix { $0 != "\"" }) }
    }
}
