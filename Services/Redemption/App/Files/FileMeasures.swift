import FileStore
import Metrics

/// What is measured of the file store: how many files were looked at and removed, and how large those were.
struct FileMeasures: Sendable {
    private let examined = Counter(label: "files_examined_total")
    private let removed = Counter(label: "files_removed_total")
    private let removedBytes = Counter(label: "files_removed_bytes_total")

    func swept(_ sweep: FileSweep) {
        examined.increment(by: sweep.examined)
        removed.increment(by: sweep.removed)
        removedBytes.increment(by: sweep.removedBytes)
    }
}
