import Foundation
import HTTPTypes
import Messages
import Messaging
import Programme
import ProgrammeStore
import TestKit
import Testing

@testable import Portal

@Suite("Who asks for something")
struct SenderTests {
    @Test("QUAN-10: on every route, a caller whose roles cannot take the step is refused before anything is promised")
    func refusedAtOnce() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            try await desk.publishProgramme()
            // A paper is nothing but the caller's own: whoever is signed in may upload one.
            let asking = APIOperation.all.filter { $0.method == .post && !$0.takesPaper }
            #expect(asking.count > 30)
            for operation in asking {
                let path = operation.path.replacing("{id}", with: Desk.product.uuidString.lowercased())
                let reply = try await desk.send(
                    .post, "/api/v1\(path)", token: try desk.token(UUID(), "auditor"), key: path, body: #"{"programmeID":"beijing-2026"}"#)
                #expect(reply.status == 403 && reply.clauses.first == "QUAN-10", "\(path): \(reply.text)")
            }
            #expect(try await desk.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test(
        "QUAN-10: a role that takes other steps does not take these",
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
        try await Desk.with(hasOrdering: false) { desk in
            try await desk.publishProgramme()
            let reply = try await desk.send(
                .post, "/api/v1/\(path)", token: try desk.token(UUID(), role), key: "k", body: #"{"programmeID":"beijing-2026"}"#)
            #expect(reply.status == 403 && reply.clauses.first == "QUAN-10", "\(reply.text)")
            #expect(try await desk.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test("a caller whose role takes the step in some programme is not refused by the portal")
    func admitted() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            try await desk.publishProgramme()
            let reply = try await desk.send(
                .post, "/api/v1/payout-batches", token: try desk.token(UUID(), "officer"), key: "k",
                body: #"{"programmeID":"beijing-2026"}"#)
            #expect(reply.status == 202, "\(reply.text)")
            // What is asked is in order with what else is asked of that programme, and with nothing else.
            #expect(try await desk.text("select key from outbox where topic = 'payout.commands'") == "beijing-2026")
        }
    }
}

extension Desk {
    /// Has the portal know the programme of the repository.
    fileprivate func publishProgramme() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Shared/Programmes")
        let source = try ProgrammeSource.read(
            file: folder.appending(path: "beijing-2026.yaml"), clauseFolder: folder.appending(path: "clauses"))
        try await portal.runtime.speaker.transaction("test.publish", at: Date()) { connection, _ in
            var rows = PortalRows()
            try await rows.load(connection)
            try rows.programmes.take(ProgrammePublished(programmeID: "beijing-2026", version: 1, files: ProgrammeFiles(source)))
            try rows.save(connection)
        }
    }
}
