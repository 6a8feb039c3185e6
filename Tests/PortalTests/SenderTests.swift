import Foundation
import HTTPTypes
import Messages
import Messaging
import Programme
import ProgrammeStore
import TestKit
import Testing

@testable import Portal

@Suite("Authorisation of senders")
struct SenderTests {
    @Test("QUAN-10: on every route a caller without a role for the step is refused before the command is accepted")
    func refusedAtOnce() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            try await fixture.publishProgramme()
            // Every authenticated caller may upload a paper.
            let commands = APIOperation.all.filter { $0.method == .post && !$0.acceptsPaper }
            #expect(commands.count > 30)
            for operation in commands {
                let path = operation.path.replacing("{id}", with: PortalFixture.product.uuidString.lowercased())
                let reply = try await fixture.send(
                    .post, "/api/v1\(path)", token: try fixture.token(UUID(), "auditor"), key: path,
                    body: #"{"programmeID":"beijing-2026"}"#)
                #expect(reply.status == 403 && reply.clauses.first == "QUAN-10", "\(path): \(reply.text)")
            }
            #expect(try await fixture.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test(
        "QUAN-10: a role of other steps is refused",
        arguments: [
            ("payout-batches", "institution"), ("payees", "officer"), ("reconciliations", "enterprise"), ("orders", "institution"),
            ("orders/33333333-3333-4333-8333-333333333333/accept", "enterprise"),
            ("orders/33333333-3333-4333-8333-333333333333/confirm-contract", "institution"),
            ("redemptions/33333333-3333-4333-8333-333333333333/apply", "enterprise"),
            ("redemptions/33333333-3333-4333-8333-333333333333/determine", "officer"),
            ("redemptions/33333333-3333-4333-8333-333333333333/object", "reviewer"),
            ("disbursements/33333333-3333-4333-8333-333333333333/report-refund", "officer"),
        ])
    func otherRoles(path: String, role: String) async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            try await fixture.publishProgramme()
            let reply = try await fixture.send(
                .post, "/api/v1/\(path)", token: try fixture.token(UUID(), role), key: "k", body: #"{"programmeID":"beijing-2026"}"#)
            #expect(reply.status == 403 && reply.clauses.first == "QUAN-10", "\(reply.text)")
            #expect(try await fixture.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test("the portal accepts a command of a caller whose role takes the step in some programme")
    func admitted() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            try await fixture.publishProgramme()
            let reply = try await fixture.send(
                .post, "/api/v1/payout-batches", token: try fixture.token(UUID(), "officer"), key: "k",
                body: #"{"programmeID":"beijing-2026"}"#)
            #expect(reply.status == 202, "\(reply.text)")
            // Payout commands of one programme share a key, so that they stay in order.
            #expect(try await fixture.text("select key from outbox where topic = 'payout.commands'") == "beijing-2026")
        }
    }
}

extension PortalFixture {
    /// Stores the repository's programme in the portal's database.
    fileprivate func publishProgramme() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Shared/Programmes")
        let source = try ProgrammeSource.read(
            file: folder.appending(path: "beijing-2026.yaml"), clauseFolder: folder.appending(path: "clauses"))
        try await portal.runtime.publisher.transaction("test.publish", at: Date()) { connection, _ in
            var rows = PortalRows()
            try await rows.load(connection)
            try rows.programmes.record(ProgrammePublished(programmeID: "beijing-2026", version: 1, files: ProgrammeFiles(source)))
            try rows.save(connection)
        }
    }
}
