import Foundation
import Messaging

/// What a service says of itself over its own HTTP listener.
struct ServiceLook: Sendable {
    /// One check of `/health/ready`.
    struct Check: Decodable, Sendable {
        let name: String
        let ok: Bool
        let reason: String?
    }

    private struct Report: Decodable {
        let checks: [Check]
    }

    let service: PlatformRecord.Service
    /// The checks; nil when it does not answer.
    let checks: [Check]?
    /// How far it has come; nil when it does not say.
    let quiescence: Quiescence?
    /// Resident memory in bytes, from `/proc`; nil when the process is not there.
    let memoryBytes: Int64?

    /// Asks a service.
    static func of(_ service: PlatformRecord.Service) async -> ServiceLook {
        async let ready = try? ServiceHTTP.get(service.address, "/health/ready", within: .seconds(4))
        async let quiescence = try? self.quiescence(of: service)
        let checks = await ready.flatMap { try? JSONDecoder().decode(Report.self, from: $0.body) }?.checks
        return ServiceLook(service: service, checks: checks, quiescence: await quiescence, memoryBytes: memory(of: service.pid))
    }

    /// Why it is not ready, as it says itself.
    static func reasons(_ answer: ServiceHTTP.Answer?) -> String {
        guard let answer else { return "does not answer" }
        let checks = (try? JSONDecoder().decode(Report.self, from: answer.body))?.checks ?? []
        return checks.filter { !$0.ok }.map { "\($0.name): \($0.reason ?? "not well")" }.joined(separator: "; ")
    }

    /// How far a service has come. Throws a `Complaint` when it does not say.
    static func quiescence(of service: PlatformRecord.Service) async throws -> Quiescence {
        let answer = try await ServiceHTTP.get(service.address, "/quiescence", within: .seconds(10))
        guard answer.status == 200 else { throw Complaint("\(service.name) does not say how far it has come: status \(answer.status)") }
        return try JSONDecoder().decode(Quiescence.self, from: answer.body)
    }

    private static func memory(of pid: Int32) -> Int64? {
        guard pid > 0, let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int64($0) })
        else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
