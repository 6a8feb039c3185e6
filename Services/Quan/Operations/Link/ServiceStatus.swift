import Foundation
package import Messaging
import StrictJSON

/// The status that a service reports over its HTTP listener.
package struct ServiceStatus: Sendable {
    /// One check of `/health/ready`.
    package struct Check: Decodable, Sendable {
        package let name: String
        package let ok: Bool
        package let reason: String?
    }

    private struct Report: Decodable {
        let checks: [Check]
    }

    package let service: PlatformRecord.Service
    /// The readiness checks; nil if the service does not answer.
    package let checks: [Check]?
    /// What it has published and handled; nil if the service does not answer.
    package let quiescence: Quiescence?
    /// Resident memory in bytes, from `/proc`; nil if the process is not on this machine.
    package let memoryBytes: Int64?

    /// Queries a service.
    package static func of(_ service: PlatformRecord.Service) async -> ServiceStatus {
        async let ready = try? ServiceHTTP.get(service.address, "/health/ready", within: .seconds(4))
        async let quiescence = try? self.quiescence(of: service)
        let checks = await ready.flatMap { try? StrictJSON.decode(Report.self, from: Array($0.body)) }?.checks
        return ServiceStatus(service: service, checks: checks, quiescence: await quiescence, memoryBytes: memory(of: service.pid))
    }

    /// The reasons for which a service reports that it is not ready.
    static func reasons(_ answer: ServiceHTTP.Answer?) -> String {
        guard let answer else { return "does not answer" }
        let checks = (try? StrictJSON.decode(Report.self, from: Array(answer.body)))?.checks ?? []
        return checks.filter { !$0.ok }.map { "\($0.name): \($0.reason ?? "failed")" }.joined(separator: "; ")
    }

    /// Queries what a service has published and handled. Throws a `CommandError` if it does not answer.
    package static func quiescence(of service: PlatformRecord.Service) async throws -> Quiescence {
        let answer = try await ServiceHTTP.get(service.address, "/quiescence", within: .seconds(10))
        guard answer.status == 200 else { throw CommandError("\(service.name) answered /quiescence with status \(answer.status)") }
        return try StrictJSON.decode(Quiescence.self, from: Array(answer.body))
    }

    private static func memory(of pid: Int32) -> Int64? {
        guard pid > 0, let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int64($0) })
        else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
