import FileStore
import Foundation
import Kernel
import Logging
import NIOPosix
import Postgres

/// What is done with the file store now and then: files that redemptions use are marked as kept, and what nobody keeps is removed once it is old.
///
/// A redemption's files are taken down in the transaction that took them; they are marked afterwards, from that table. Until then their age keeps
/// them: they count as just uploaded from when they were read for the decision. Nothing is removed while a file waits to be marked.
struct FileTending: Sendable {
    /// How many files one round marks, and how many it looks at.
    static let filesAtATime = 1_000

    let pool: PostgresPool
    let store: FileStore
    /// How long a file that no case uses is kept.
    let unusedFor: Duration
    let measures: FileMeasures
    let logger: Logger

    /// Runs until the task is cancelled. A failure waits for the next round.
    func run(every pause: Duration) async {
        var place: ContentHash?
        while !Task.isCancelled {
            do {
                place = try await round(after: place, at: Date())
            } catch {
                logger.warning("tending the file store waits", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// One round: marks some files, then looks at some that lie behind `place`. Returns the place that the next round goes on from.
    func round(after place: ContentHash?, at now: Date) async throws -> ContentHash? {
        guard try await keep() < Self.filesAtATime else { return place }
        let limit = now.addingTimeInterval(-Double(unusedFor.components.seconds))
        let sweep = try await NIOThreadPool.singleton.runIfActive {
            try store.sweep(unusedSince: limit, after: place, most: Self.filesAtATime)
        }
        measures.swept(sweep)
        if sweep.removed > 0 {
            logger.info(
                "removed files that no case uses",
                metadata: [
                    "removed": "\(sweep.removed)", "bytes": "\(sweep.removedBytes)", "examined": "\(sweep.examined)",
                ])
        }
        return sweep.next
    }

    /// Marks files that redemptions use; returns how many were waiting, at most as many as one round takes.
    @discardableResult
    func keep() async throws -> Int {
        let rows = try await pool.withConnection {
            try await $0.query(RedemptionStatements.unkept, Int64(Self.filesAtATime)).decode(String.self, UUID.self)
        }
        guard !rows.isEmpty else { return 0 }
        let kept = try await NIOThreadPool.singleton.runIfActive {
            for (file, order) in rows { try mark(file, for: order) }
            return rows.map(\.0)
        }
        _ = try await pool.withConnection { try await $0.execute(RedemptionStatements.kept, kept) }
        return rows.count
    }

    /// Marks one file. One that is gone is told and not tried again: its redemption shows QUAN-25 to whoever opens it.
    private func mark(_ file: String, for order: UUID) throws {
        guard let hash = ContentHash(hexadecimal: file) else { return }
        do {
            try store.keep(hash, for: order)
        } catch let refusal as Refusal {
            logger.error("a file that a redemption uses is not in the store", metadata: ["file": "\(file)", "refusal": "\(refusal.slug)"])
        }
    }
}
