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

    private static func appeal(_ evidence: String, by enterprise: UUID, on fixture: PortalFixture) async throws -> PortalFixture.Reply {
        try await fixture.send(
            .post, "/api/v1/appeals", token: try fixture.token(enterprise, "enterprise"), key: UUID().uuidString,
            body: #"{"programmeID":"beijing-2026","reason":"注册地已迁入北京","evidence":["\#(evidence)"]}"#)
    }

    @Test(
        "BJ26-26: evidence must be papers uploaded by the appellant; an appeal with another organisation's or a missing file is refused")
    func owned() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let hash = try fixture.api.files.put(Self.paper, claimedName: "licence.pdf", uploadedBy: PortalFixture.enterprise).hash
            let missing = ContentHash(of: Array(UUID().uuidString.utf8)).hexadecimal
            let notStored = try await Self.appeal(missing, by: PortalFixture.enterprise, on: fixture)
            #expect(notStored.clauses.first == PlatformRule.fileNotStored.rawValue, "\(notStored.text)")
            let other = try await Self.appeal(hash.hexadecimal, by: UUID(), on: fixture)
            #expect(other.clauses.first == PlatformRule.fileOfAnother.rawValue, "\(other.text)")
            #expect(try await fixture.portal.number("select count(*) from operation") == 0)

            let own = try await Self.appeal(hash.hexadecimal, by: PortalFixture.enterprise, on: fixture)
            #expect(own.status == 202, "\(own.text)")
            // The deletion of unused files keeps it.
            _ = try fixture.api.files.sweep(unusedSince: Date(timeIntervalSinceNow: 86_400), after: nil, most: 100_000)
            #expect(try fixture.api.files.file(hash) != nil)
        }
    }
}
