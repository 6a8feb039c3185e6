import Foundation
import Metrics
import Synchronization

/// The memory, open files and processor time of the process, under the names of Prometheus's client libraries.
final class ProcessMetrics: Sendable {
    private let residentMemory: Meter
    private let openFiles: Meter
    private let processorTime: any FloatingPointCounterHandler
    private let countedSeconds = Mutex(0.0)

    /// - Parameter factory: creates the metrics.
    init(factory: any MetricsFactory) {
        residentMemory = Meter(label: "process_resident_memory_bytes", dimensions: [], factory: factory)
        openFiles = Meter(label: "process_open_fds", dimensions: [], factory: factory)
        processorTime = factory.makeFloatingPointCounter(label: "process_cpu_seconds", dimensions: [])
        Meter(label: "process_start_time_seconds", dimensions: [], factory: factory).set(Date().timeIntervalSince1970)
    }

    /// Updates the values. A value that cannot be read is left unchanged.
    func update() {
        if let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = statm.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        {
            residentMemory.set(pages * Int(sysconf(Int32(_SC_PAGESIZE))))
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") { openFiles.set(files.count) }
        var now = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0 else { return }
        let seconds = Double(now.tv_sec) + Double(now.tv_nsec) / 1_000_000_000
        countedSeconds.withLock { counted in
            processorTime.increment(by: seconds - counted)
            counted = seconds
        }
    }
}
