import Foundation
import TestKit
import Testing

@testable import quan

/// The players of a small season: an officer, an institution with a product, an enterprise.
struct Players {
    let officer: Caller
    let institution: Caller
    let enterprise: Caller
    let product: String

    /// Signs them in and registers them.
    init(_ installation: TestInstallation) async throws {
        let (institutionID, enterpriseID) = (UUID(), UUID())
        officer = try await Caller(installation, UUID(), "officer")
        institution = try await Caller(installation, institutionID, "institution")
        enterprise = try await Caller(installation, enterpriseID, "enterprise")
        let admitted = try await officer.post(
            "/institutions",
            #"{"institutionID":"\#(institutionID)","programmeID":"beijing-2026","name":"北京某服务有限公司","creditCode":"91110108000000002D"}"#)
        #expect(admitted.answer.isDone, "\(admitted.answer)")
        let listed = try await officer.post(
            "/products",
            #"""
            {"programmeID":"beijing-2026","institutionID":"\#(institutionID)","name":"大模型部署服务","category":"llm-applications",
             "service":"llm-deployment","guideLowFen":1000000,"guideHighFen":1000000,"stockVouchers":10}
            """#)
        #expect(listed.answer.isDone, "\(listed.answer)")
        product = listed.id
        let registered = try await enterprise.post(
            "/enterprises",
            #"""
            {"programmeID":"beijing-2026","name":"北京某科技有限公司","creditCode":"91110108000000001A","registeredDivision":"110108",
             "industryCode":"I65","employees":50,"revenueFen":500000000,"assetsFen":100000000,"isLegalPerson":true,
             "establishedOn":"2019-04-01"}
            """#)
        #expect(registered.answer.isDone, "\(registered.answer)")
    }

    func place() async throws -> String {
        let placed = try await enterprise.post(
            "/orders", #"{"productID":"\#(product)","voucherFen":300000,"contact":"王女士"}"#)
        #expect(placed.answer.isDone, "\(placed.answer)")
        return placed.id
    }
}

@Suite("An installation on one machine", .serialized)
struct UpTests {
    @Test("BJ26-30: an order is accepted in time or lapses, also when services are killed in between; ledger and audit trail are whole")
    func season() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let players = try await Players(installation)
            let accepted = try await players.place()
            try await players.institution.waits(for: accepted, toBe: "placed")
            #expect(try await players.institution.post("/orders/\(accepted)/accept").answer.isDone)

            // Ordering dies; what is asked meanwhile is done when it is back, once.
            kill(try installation.pid(of: "ordering"), SIGKILL)
            let left = try await players.place()
            try await players.enterprise.waits(for: left, toBe: "placed")
            kill(try installation.pid(of: "timer"), SIGKILL)
            kill(try installation.pid(of: "portal"), SIGKILL)

            let advanced = try await installation.quan("clock", "advance", "--by", "10d", "--within", "120")
            #expect(advanced.status == 0, "\(advanced.errors)")
            try await players.enterprise.waits(for: left, toBe: "expired")
            try await players.enterprise.waits(for: accepted, toBe: "accepted")

            let ledger = try await installation.quan("ledger", "check")
            #expect(ledger.status == 0 && ledger.output.contains("no violations"), "\(ledger.output) \(ledger.errors)")
            let audit = try await installation.quan("audit", "verify")
            #expect(audit.status == 0 && !audit.output.contains("BROKEN"), "\(audit.output) \(audit.errors)")
            let status = try await installation.quan("status")
            #expect(status.status == 0, "\(status.output)")
        }
    }

    @Test("when the broker dies another takes its place, and nothing accepted is lost")
    func broker() async throws {
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"]) { installation in
            let players = try await Players(installation)
            let first = try await players.place()
            let before = try PlatformRecord.read(in: installation.folder).kafkaBootstrapServers
            kill(try #require(installation.children().first { $0.name.contains("broker") }).pid, SIGKILL)
            try await eventually("there is another broker") {
                try PlatformRecord.read(in: installation.folder).kafkaBootstrapServers != before
            }
            try await eventually("the portal is back", within: .seconds(90)) {
                (try? await players.enterprise.get("/orders/\(first)"))?["state"] as? String == "placed"
            }
            let second = try await players.place()
            try await players.enterprise.waits(for: second, toBe: "placed")
            let advanced = try await installation.quan("clock", "advance", "--by", "10d", "--within", "180")
            #expect(advanced.status == 0, "\(advanced.errors)")
            for order in [first, second] { try await players.enterprise.waits(for: order, toBe: "expired") }
        }
    }

    @Test("everything ends with `quan up`, also when that is killed")
    func killed() async throws {
        try await TestInstallation.with([]) { installation in
            let children = try installation.children().map(\.pid)
            #expect(children.count > PlatformService.all.count)
            installation.process.signal(SIGKILL)
            try await eventually("all of them are gone") { children.allSatisfy { kill($0, 0) != 0 } }
            try? FileManager.default.removeItem(atPath: installation.folder)
        }
    }
}

extension TestInstallation {
    /// The processes that `quan up` has started.
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
