import FileStore
import Foundation
import Kernel
import Logging
import Messages
import Postgres
import TestKit
import Testing

@testable import Redemption

@Suite("Tending the file store")
struct FileTendingTests {
    private static func tending(_ play: Play, unusedFor: Duration = .seconds(7 * 86_400)) -> FileTending {
        FileTending(
            pool: play.service.pool, store: play.files, unusedFor: unusedFor, measures: FileMeasures(), logger: Logger(label: "test"))
    }

    @Test("files that a redemption uses are kept for ever; those that nobody uses are removed after the time they are kept, and not before")
    func sweeps() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let papers = Papers()
            try await play.open(papers)
            let id = try await play.apply(papers, at: beijing("2026-05-12"))
            #expect(try await play.post.answer(to: id).refusal == nil)
            let used = try await play.service.number("select count(*) from file_use where not is_kept")
            #expect(used > 0)
            let orphan = try play.files.put(Play.pdf("orphan"), claimedName: "orphan.pdf", uploadedBy: papers.institution).hash

            let tending = Self.tending(play)
            // Within the time nothing goes, and what is used is marked.
            #expect(try await tending.round(after: nil, at: Date()) == nil)
            #expect(try await play.service.number("select count(*) from file_use where not is_kept") == 0)
            #expect(try play.files.file(orphan) != nil)

            _ = try await tending.round(after: nil, at: Date(timeIntervalSinceNow: 8 * 86_400))
            #expect(try play.files.file(orphan) == nil)
            let kept = try await play.service.pool.withConnection {
                try await $0.query(PostgresStatement("test.kept", "select file from file_use")).decode(String.self)
            }
            #expect(kept.count == Int(used))
            for file in kept { #expect(try play.files.file(try #require(ContentHash(hexadecimal: file))) != nil) }
        }
    }

    @Test(
        "nothing is removed in a round that has as many files to mark as one round takes; a file that is gone is told and not tried again")
    func marksFirst() async throws {
        try await Play.with { play in
            try await play.tellProgramme()
            let papers = Papers()
            try await play.open(papers)
            let id = try await play.apply(papers, at: beijing("2026-05-12"))
            #expect(try await play.post.answer(to: id).refusal == nil)
            let gone = try await play.service.pool.withConnection {
                try await $0.query(PostgresStatement("test.gone", "select file from file_use limit 1")).decode(String.self)
            }
            try FileManager.default.removeItem(at: play.files.path(of: try #require(ContentHash(hexadecimal: gone[0]))))
            let orphan = try play.files.put(Play.pdf("orphan"), claimedName: "orphan.pdf", uploadedBy: papers.institution).hash
            _ = try await play.service.pool.withConnection { connection in
                try await connection.execute(
                    PostgresStatement(
                        "test.many",
                        """
                        insert into file_use (file, order_id)
                        select encode(sha256(n::text::bytea), 'hex'), (select order_id from file_use limit 1) from generate_series(1, 1000) n
                        """))
            }
            let tending = Self.tending(play)
            let late = Date(timeIntervalSinceNow: 8 * 86_400)
            _ = try await tending.round(after: nil, at: late)
            #expect(try play.files.file(orphan) != nil)
            #expect(try await play.service.number("select count(*) from file_use where is_kept") == 1_000)
            _ = try await tending.round(after: nil, at: late)
            #expect(try play.files.file(orphan) == nil)
            #expect(try await play.service.number("select count(*) from file_use where not is_kept") == 0)
        }
    }
}
