import FileStore
import Foundation
import Kernel
import Logging
import NIOPosix
import Postgres

/// Periodic maintenance of the file store: marks files that redemptions use as kept, and removes old files that are not kept.
///
/// A decision records its files in `file_use`; they are marked in the store afterwards. Until then their age protects them: reading a
/// file for a decision renews its upload time. Nothing is removed while a full round of files still has to be marked.
struct FileRetention: Sendable {
    /// How many files one round marks, and how many it examines.
    static let filesPerRound = 1_000

    let pool: PostgresPool
    let store: FileStore
    /// How long an unused file is kept.
    let unusedFor: Duration
    let metrics: FileMetrics
    let logger: Logger

    /// Runs until the task is cancelled. A failed round is repeated after the pause.
    func run(every pause: Duration) async {
        var position: ContentHash?
        while !Task.isCancelled {
            do {
                position = try await round(after: position, at: Date())
            } catch {
                logger.warning("maintenance of the file store failed, retrying", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// One round: marks files, then examines files after `position`. Returns the position of the next round.
    func round(after position: ContentHash?, at now: Date) async throws -> ContentHash? {
        guard try await markUsed() < Self.filesPerRound else { return position }
        let limit = now.addingTimeInterval(-Double(unusedFor.components.seconds))
        let sweep = try await NIOThreadPool.singleton.runIfActive {
            try store.sweep(unusedSince: limit, after: position, most: Self.filesPerRound)
        }
        metrics.record(sweep)
        if sweep.removed > 0 {
            logger.info(
                "removed files that no redemption uses",
                metadata: [
                    "removed": "\(sweep.removed)", "bytes": "\(sweep.removedBytes)", "examined": "\(sweep.examined)",
                ])
        }
        return sweep.next
    }

    /// Marks files that redemptions use. Returns how many there were, at most `filesPerRound`.
    @discardableResult
    func markUsed() async throws -> Int {
        let rows = try await pool.withConnection {
            try await $0.query(RedemptionStatements.filesToMark, Int64(Self.filesPerRound)).decode(String.self, UUID.self)
        }
        guard !rows.isEmpty else { return 0 }
        let kept = try await NIOThreadPool.singleton.runIfActive {
            for (file, order) in rows { try mark(file, for: order) }
            return rows.map(\.0)
        }
        _ = try await pool.withConnection { try await $0.execute(RedemptionStatements.markFiles, kept) }
        return rows.count
    }

    /// Marks one file. A missing file is logged and not tried again; reading the redemption's papers then fails with QUAN-25.
    private func mark(_ file: String, for order: UUID) throws {
        guard let hash = ContentHash(hexadecimal: file) else { return }
        do {
            try store.keep(hash, for: order)
        } catch let refusal as Refusal {
            logger.error(
                "a file that a redemption uses is missing in the store", metadata: ["file": "\(file)", "refusal": "\(refusal.slug)"])
        }
    }
}
