import FileStore
import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing

@testable import Portal

@Suite("Evidence of an appeal")
struct AppealEvidenceTests {
    private static let paper: [UInt8] = {
        let body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
        let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n"
        return Array((body + table + "\(body.utf8.count)\n%%EOF\n").utf8)
    }()

    private static func appeal(_ evidence: String, by enterprise: UUID, on desk: Desk) async throws -> Desk.Reply {
        try await desk.send(
            .post, "/api/v1/appeals", token: try desk.token(enterprise, "enterprise"), key: UUID().uuidString,
            body: #"{"programmeID":"beijing-2026","reason":"注册地已迁入北京","evidence":["\#(evidence)"]}"#)
    }

    @Test(
        "BJ26-26: evidence is a paper that the appellant has uploaded; another's, or one that nobody uploaded, is refused and not promised")
    func owned() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            let hash = try desk.api.files.put(Self.paper, claimedName: "licence.pdf", uploadedBy: Desk.enterprise).hash
            let missing = ContentHash(of: Array(UUID().uuidString.utf8)).hexadecimal
            let nobody = try await Self.appeal(missing, by: Desk.enterprise, on: desk)
            #expect(nobody.clauses.first == PlatformRule.fileNotStored.rawValue, "\(nobody.text)")
            let other = try await Self.appeal(hash.hexadecimal, by: UUID(), on: desk)
            #expect(other.clauses.first == PlatformRule.fileOfAnother.rawValue, "\(other.text)")
            #expect(try await desk.portal.number("select count(*) from operation") == 0)

            let own = try await Self.appeal(hash.hexadecimal, by: Desk.enterprise, on: desk)
            #expect(own.status == 202, "\(own.text)")
            // It outlives the sweep of what nobody uses.
            _ = try desk.api.files.sweep(unusedSince: Date(timeIntervalSinceNow: 86_400), after: nil, most: 100_000)
            #expect(try desk.api.files.file(hash) != nil)
        }
    }
}
