import Dispatch
import Foundation
import Synchronization

/// Writes log lines from a bounded queue, on its own thread, so that lines of several tasks never mix.
///
/// Logging never blocks the caller, because a full pipe must not stop the threads that process messages. When the queue is full, lines
/// are dropped, and a later line reports their number.
public final class LogSink: Sendable {
    /// The maximum size of the queue; further lines are dropped.
    static let maximumQueuedBytes = 8 << 20

    private struct State {
        var queue: [UInt8] = []
        var droppedLines = 0
        var isWriting = false
    }

    private let state = Mutex(State())
    private let linesQueued = DispatchSemaphore(value: 0)
    private let write: @Sendable ([UInt8]) -> Void
    private let droppedLine: @Sendable (Int) -> [UInt8]

    /// A sink that writes to a file descriptor, by default standard error.
    public convenience init(descriptor: Int32 = 2) {
        self.init { bytes in writeAll(bytes, to: descriptor) }
    }

    /// A sink that passes its lines to a function, on the sink's own thread, one call at a time.
    public init(write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
        droppedLine = { count in
            var line = JSONText()
            line.begin()
            line.add("time", Timestamp.text(of: Date()))
            line.add("level", "warning")
            line.add("message", "log lines were dropped: the reader of the log is too slow")
            line.add("dropped_lines", String(count))
            line.end()
            return line.bytes + [UInt8(ascii: "\n")]
        }
        let thread = Thread { [weak self] in
            // The wait is bounded so that the thread ends soon after its sink was deallocated.
            while let sink = self { sink.writeQueue(timeout: .seconds(1)) }
        }
        thread.name = "log"
        thread.start()
    }

    /// Adds a line, including its newline, to the queue.
    func enqueue(_ line: [UInt8]) {
        state.withLock { state in
            guard state.queue.count + line.count <= Self.maximumQueuedBytes else {
                state.droppedLines += 1
                return
            }
            state.queue.append(contentsOf: line)
        }
        linesQueued.signal()
    }

    /// Waits until the queue is written, at most for the given time. It blocks the calling thread: use it only at the end of a process.
    public func flush(deadlineSeconds: Double = 2) {
        let end = Date(timeIntervalSinceNow: deadlineSeconds)
        while Date() < end, state.withLock({ !$0.queue.isEmpty || $0.isWriting }) { usleep(1000) }
    }

    private func writeQueue(timeout: DispatchTimeInterval) {
        _ = linesQueued.wait(timeout: .now() + timeout)
        let (bytes, dropped) = state.withLock { state in
            defer { (state.queue, state.droppedLines) = ([], 0) }
            state.isWriting = !state.queue.isEmpty
            return (state.queue, state.droppedLines)
        }
        if !bytes.isEmpty { write(bytes) }
        if dropped > 0 { write(droppedLine(dropped)) }
        state.withLock { $0.isWriting = false }
    }
}

/// Writes all bytes, and continues after partial writes and interruptions. Discards the rest after any other error.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                usleep(1000)
            } else if errno != EINTR {
                return
            }
        }
    }
}
