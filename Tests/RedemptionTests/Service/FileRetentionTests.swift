import FileStore
import Foundation
import Kernel
import Logging
import Messages
import Postgres
import TestKit
import Testing

@testable import Redemption

@Suite("Removal of unused files")
struct FileRetentionTests {
    private static func retention(_ fixture: RedemptionFixture, unusedFor: Duration = .seconds(7 * 86_400)) -> FileRetention {
        FileRetention(
            pool: fixture.service.pool, store: fixture.files, unusedFor: unusedFor, metrics: FileMetrics(), logger: Logger(label: "test"))
    }

    @Test("files of a redemption are kept forever; unused files are removed after the retention period, and not before")
    func sweeps() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let papers = Papers()
            try await fixture.open(papers)
            let id = try await fixture.apply(papers, at: beijing("2026-05-12"))
            #expect(try await fixture.peer.answer(to: id).refusal == nil)
            let used = try await fixture.service.number("select count(*) from file_use where not is_kept")
            #expect(used > 0)
            let orphan = try fixture.files.put(RedemptionFixture.pdf("orphan"), claimedName: "orphan.pdf", uploadedBy: papers.institution)
                .hash

            let retention = Self.retention(fixture)
            // Within the retention period nothing is removed, and used files are marked.
            #expect(try await retention.round(after: nil, at: Date()) == nil)
            #expect(try await fixture.service.number("select count(*) from file_use where not is_kept") == 0)
            #expect(try fixture.files.file(orphan) != nil)

            _ = try await retention.round(after: nil, at: Date(timeIntervalSinceNow: 8 * 86_400))
            #expect(try fixture.files.file(orphan) == nil)
            let kept = try await fixture.service.pool.withConnection {
                try await $0.query(PostgresStatement("test.kept", "select file from file_use")).decode(String.self)
            }
            #expect(kept.count == Int(used))
            for file in kept { #expect(try fixture.files.file(try #require(ContentHash(hexadecimal: file))) != nil) }
        }
    }

    @Test(
        "a round that marks the maximum number of files removes nothing; a missing file is not marked again")
    func marksFirst() async throws {
        try await RedemptionFixture.with { fixture in
            try await fixture.publishProgramme()
            let papers = Papers()
            try await fixture.open(papers)
            let id = try await fixture.apply(papers, at: beijing("2026-05-12"))
            #expect(try await fixture.peer.answer(to: id).refusal == nil)
            let gone = try await fixture.service.pool.withConnection {
                try await $0.query(PostgresStatement("test.gone", "select file from file_use limit 1")).decode(String.self)
            }
            try FileManager.default.removeItem(at: fixture.files.path(of: try #require(ContentHash(hexadecimal: gone[0]))))
            let orphan = try fixture.files.put(RedemptionFixture.pdf("orphan"), claimedName: "orphan.pdf", uploadedBy: papers.institution)
                .hash
            _ = try await fixture.service.pool.withConnection { connection in
                try await connection.execute(
                    PostgresStatement(
                        "test.many",
                        """
                        insert into file_use (file, order_id)
                        select encode(sha256(n::text::bytea), 'hex'), (select order_id from file_use limit 1) from generate_series(1, 1000) n
                        """))
            }
            let retention = Self.retention(fixture)
            let late = Date(timeIntervalSinceNow: 8 * 86_400)
            _ = try await retention.round(after: nil, at: late)
            #expect(try fixture.files.file(orphan) != nil)
            #expect(try await fixture.service.number("select count(*) from file_use where is_kept") == 1_000)
            _ = try await retention.round(after: nil, at: late)
            #expect(try fixture.files.file(orphan) == nil)
            #expect(try await fixture.service.number("select count(*) from file_use where not is_kept") == 0)
        }
    }
}
