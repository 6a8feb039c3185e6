import Foundation
import TestKit
import Testing

@testable import Operations

@Suite("An installation on one machine", .serialized)
struct UpTests {
    @Test("BJ26-30: an order is accepted in time or expires, also if services are killed; ledger and audit trails are consistent")
    func season() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let participants = try await TestParticipants(installation)
            let accepted = try await participants.place()
            try await participants.institution.wait(for: accepted, toBe: "placed")
            #expect(try await participants.institution.post("/orders/\(accepted)/accept").answer.isDone)

            // Requests made while ordering is down are executed once after its restart.
            kill(try installation.pid(of: "ordering"), SIGKILL)
            let left = try await participants.place()
            try await participants.enterprise.wait(for: left, toBe: "placed")
            kill(try installation.pid(of: "timer"), SIGKILL)
            kill(try installation.pid(of: "portal"), SIGKILL)

            let advanced = try await installation.quan("clock", "advance", "--by", "10d", "--within", "120")
            #expect(advanced.status == 0, "\(advanced.errors)")
            try await participants.enterprise.wait(for: left, toBe: "expired")
            try await participants.enterprise.wait(for: accepted, toBe: "accepted")

            let ledger = try await installation.quan("ledger", "check")
            #expect(ledger.status == 0 && ledger.output.contains("no violations"), "\(ledger.output) \(ledger.errors)")
            let audit = try await installation.quan("audit", "verify")
            #expect(audit.status == 0 && !audit.output.contains("BROKEN"), "\(audit.output) \(audit.errors)")
            // Each service publishes the head of its trail every 30 seconds.
            var trails = audit.output
            try await eventually("every service's heads are stored by another", within: .seconds(120)) {
                trails = try await installation.quan("audit", "verify").output
                return !trails.contains("no other service stores a head")
            }
            #expect(trails.contains(/portal: .* heads stored by catalogue: intact/), "\(trails)")
            let status = try await installation.quan("status")
            #expect(status.status == 0, "\(status.output)")
        }
    }

    @Test("a killed broker is replaced, and no accepted order is lost")
    func broker() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let participants = try await TestParticipants(installation)
            let first = try await participants.place()
            let before = try PlatformRecord.read(in: installation.folder).kafkaBootstrapServers
            kill(try #require(installation.children().first { $0.name.contains("broker") }).pid, SIGKILL)
            try await eventually("the broker is replaced") {
                try PlatformRecord.read(in: installation.folder).kafkaBootstrapServers != before
            }
            try await eventually("the portal is ready again", within: .seconds(90)) {
                (try? await participants.enterprise.get("/orders/\(first)"))?["state"] as? String == "placed"
            }
            let second = try await participants.place()
            try await participants.enterprise.wait(for: second, toBe: "placed")
            let advanced = try await installation.quan("clock", "advance", "--by", "10d", "--within", "180")
            #expect(advanced.status == 0, "\(advanced.errors)")
            for order in [first, second] { try await participants.enterprise.wait(for: order, toBe: "expired") }
        }
    }

    @Test("all processes end with `quan up`, also when it is killed")
    func killed() async throws {
        try await TestInstallation.with([]) { installation in
            let children = try installation.children().map(\.pid)
            #expect(children.count > PlatformService.all.count)
            installation.process.signal(SIGKILL)
            try await eventually("all processes have ended") { children.allSatisfy { kill($0, 0) != 0 } }
            try? FileManager.default.removeItem(atPath: installation.folder)
        }
    }
}

extension TestInstallation {
    /// The child processes of `quan up`.
    func children() throws -> [(pid: pid_t, name: String)] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let pid = pid_t(name), let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let parent = status.split(separator: ")").last?.split(separator: " ").dropFirst().first, pid_t(parent) == process.pid
            else { return nil }
            let command = (try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8)) ?? ""
            return (pid, command.replacing("\0", with: " "))
        }
    }
}
