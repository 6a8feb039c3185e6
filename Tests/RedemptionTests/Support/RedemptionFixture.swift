import Access
import Crypto
import FileStore
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import Programme
import ProgrammeStore
import ServiceHost
import StrictJSON
import TestKit

@testable import Redemption

/// Runs `redemption` with a broker and a database of its own; the test acts as all other services.
struct RedemptionFixture: Sendable {
    let messaging: MessagingFixture
    let peer: MessagingPeer
    let service: RunningService<RedemptionRows>
    let files: FileStore
    let signer: TokenSigner
    /// The organisation of the officers.
    let bureau = UUID()
    /// The organisation of the reviewers.
    let agency = UUID()

    static func with(_ test: @Sendable (RedemptionFixture) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "redemption-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let others = ["redemption", "ordering", "timer", "catalogue", "identity", "portal", "quan"]
        try await MessagingFixture.with(services: others) { messaging in
            let tables = RedemptionTables.all.flatMap(\.migrations).map(\.sql).joined(separator: ";\n")
            let pool = try await messaging.database("redemption", tables: tables)
            var options = MessagingOptions.embeddedBroker
            options.commandTimeBounds = .unbounded
            let files = FileStore(folder: folder)
            let service = try messaging.start(
                RedemptionHandlers.registry(files: files).applyingOfficeRule(.firstToAct), on: pool, options: options)
            try await MessagingPeer.with(
                messaging,
                receiving: ["replies", "redemption.events", "ordering.commands", "timer.commands", "portal.commands", "catalogue.commands"]
            ) { peer in
                let fixture = RedemptionFixture(
                    messaging: messaging, peer: peer, service: service, files: files, signer: TokenSigner(Curve25519.Signing.PrivateKey()))
                try await peer.publish(
                    fixture.signer.published(notBefore: beijing("2026-01-01")), by: "identity", key: fixture.signer.keyID,
                    at: beijing("2026-01-02"))
                try await eventually("the key has arrived") { try await service.number("select count(*) from verification_key") == 1 }
                try await test(fixture)
            }
        }
    }

    func publishProgramme(_ source: ProgrammeSource? = nil) async throws {
        let source = try source ?? TestProgrammes.source()
        let programme = try source.load().programme
        try await peer.publish(
            ProgrammePublished(programmeID: programme.id, version: programme.version, files: ProgrammeFiles(source)), by: "catalogue",
            key: programme.id, at: beijing("2026-02-09"))
    }

    /// Publishes an order with a contract and waits until its redemption is open.
    func open(_ papers: Papers, at now: String = "2026-05-11") async throws {
        try await publish(papers, step: "record-contract", at: beijing(now))
        try await eventually("the redemption is open") { try await self.state(papers) == "awaiting" }
    }

    func publish(_ papers: Papers, step: String, reason: String? = nil, at now: Date) async throws {
        let event = OrderChanged(order: try papers.order(), step: step, from: nil, reason: reason, at: now)
        try await peer.publish(event, by: "ordering", key: papers.orderID.lowercased, at: now)
    }

    /// Stores the papers' files and returns the application with their hashes.
    func stored(_ papers: Papers) throws -> ApplyRedemption {
        let stored = try papers.documents.map { document in
            let file = try files.put(
                Self.pdf("\(document) \(papers.orderID)"), claimedName: "\(document).pdf", uploadedBy: papers.institution)
            return RedemptionPaper(document: document, file: file.hash, fileName: "\(document).pdf")
        }
        return ApplyRedemption(orderID: papers.orderID, papers: stored, facts: try papers.facts())
    }

    func apply(_ papers: Papers, at now: Date) async throws -> UUID {
        try await send(try stored(papers), papers, .institution, at: now)
    }

    func decide(
        _ decision: DecideRedemption.Decision, _ papers: Papers, _ role: RedemptionScenario.Role, reason: String? = nil, at now: Date
    ) async throws {
        let id = try await send(
            DecideRedemption(orderID: papers.orderID, decision: decision, reason: reason), papers, role, at: now)
        if let refusal = try await peer.answer(to: id).refusal { throw refusal }
    }

    func send<C: Command>(_ command: C, _ papers: Papers, _ role: RedemptionScenario.Role, at now: Date) async throws -> UUID {
        let organisation =
            switch role {
            case .institution: papers.institution
            case .enterprise: papers.enterprise
            case .officer: bureau
            case .reviewer: agency
            case .public: UUID()
            }
        return try await send(command, papers, as: role.rawValue, of: organisation, at: now)
    }

    func send<C: Command>(_ command: C, _ papers: Papers, as role: String, of organisation: UUID, at now: Date) async throws -> UUID {
        let token = try signer.token(
            TokenClaims(
                principal: Principal(person: "p-\(role)", organisation: organisation, roles: [role]),
                issuedAt: now.addingTimeInterval(-60), expiresAt: now.addingTimeInterval(900), tokenID: UUID()))
        return try await peer.send(command, by: "portal", key: papers.orderID.lowercased, at: now, token: token)
    }

    /// Fires the last timer of the deadline.
    func fire(_ deadline: String, _ papers: Papers, at now: Date) async throws {
        let (timer, due) = try await scheduled(deadline, papers)
        try await peer.publish(
            TimerFired(owner: timer.owner, name: timer.name, subject: timer.subject, purpose: timer.purpose, dueAt: due), by: "timer",
            key: timer.subject, at: now)
    }

    /// Waits for the last timer of the deadline.
    func scheduled(_ deadline: String, _ papers: Papers) async throws -> (timer: ScheduleTimer, due: Date) {
        try await eventually("the timer is scheduled") { timer(deadline, papers) != nil }
        guard let timer = timer(deadline, papers), case .at(let due) = timer.due else { throw NotReceived() }
        return (timer, due)
    }

    /// The health problems of the service.
    var problems: [String] { Array(service.runtime.health.problems.values) }

    private func timer(_ deadline: String, _ papers: Papers) -> ScheduleTimer? {
        peer.all(ScheduleTimer.self, on: "timer.commands")
            .last { $0.purpose == "redemption.\(deadline)" && $0.subject == papers.orderID.lowercased }
    }

    func state(_ papers: Papers) async throws -> String? {
        try await service.pool.withConnection { connection in
            try await connection.query(
                PostgresStatement("test.state", "select state from redemption where order_id = $1"), papers.orderID
            ).decode(String.self).first
        }
    }

    func events(_ papers: Papers) -> [RedemptionChanged] {
        peer.all(RedemptionChanged.self, on: "redemption.events").filter { $0.redemption.orderID == papers.orderID }
    }

    func settlements(_ papers: Papers) -> [SettleOrder] {
        peer.all(SettleOrder.self, on: "ordering.commands").filter { $0.orderID == papers.orderID }
    }

    /// A small PDF that contains the text.
    static func pdf(_ text: String) -> [UInt8] {
        let body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%\(text)\n"
        let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n"
        return Array((body + table + "\(body.utf8.count)\n%%EOF\n").utf8)
    }
}
