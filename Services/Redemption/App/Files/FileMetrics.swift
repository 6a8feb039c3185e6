import FileStore
import Metrics

/// The metrics of file removal: files examined, files removed, bytes removed.
struct FileMetrics: Sendable {
    private let examined = Counter(label: "files_examined_total")
    private let removed = Counter(label: "files_removed_total")
    private let removedBytes = Counter(label: "files_removed_bytes_total")

    func record(_ sweep: FileSweep) {
        examined.increment(by: sweep.examined)
        removed.increment(by: sweep.removed)
        removedBytes.increment(by: sweep.removedBytes)
    }
}
