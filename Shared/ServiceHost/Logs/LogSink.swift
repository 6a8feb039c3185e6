import Dispatch
import Foundation
import Synchronization

/// Where finished log lines go: a bounded queue that one thread of its own writes out, a whole line at a time.
///
/// Whoever logs never waits for the reader of the log: a full pipe must not stop the threads that serve messages. Lines
/// that find the queue full are dropped, and a line says how many once there is room.
public final class LogSink: Sendable {
    /// The bytes that may wait; beyond it lines are dropped.
    static let greatestWaitingBytes = 8 << 20

    private struct State {
        var waiting: [UInt8] = []
        var droppedLines = 0
        var isWriting = false
    }

    private let state = Mutex(State())
    private let somethingWaits = DispatchSemaphore(value: 0)
    private let write: @Sendable ([UInt8]) -> Void
    private let droppedLine: @Sendable (Int) -> [UInt8]

    /// A sink that writes to a file descriptor, the process's standard error unless said otherwise.
    public convenience init(descriptor: Int32 = 2) {
        self.init { bytes in writeAll(bytes, to: descriptor) }
    }

    /// A sink that hands its lines to a function, on the sink's own thread, one call at a time.
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
            // The wait is bounded so that the thread ends soon after its sink is gone.
            while let sink = self { sink.writeWaiting(patience: .seconds(1)) }
        }
        thread.name = "log"
        thread.start()
    }

    /// Queues a finished line, its newline included.
    func take(_ line: [UInt8]) {
        state.withLock { state in
            guard state.waiting.count + line.count <= Self.greatestWaitingBytes else {
                state.droppedLines += 1
                return
            }
            state.waiting.append(contentsOf: line)
        }
        somethingWaits.signal()
    }

    /// Waits until all lines queued so far are written, no longer than the deadline. For the end of a process: it
    /// blocks the calling thread.
    public func flush(deadlineSeconds: Double = 2) {
        let end = Date(timeIntervalSinceNow: deadlineSeconds)
        while Date() < end, state.withLock({ !$0.waiting.isEmpty || $0.isWriting }) { usleep(1000) }
    }

    private func writeWaiting(patience: DispatchTimeInterval) {
        _ = somethingWaits.wait(timeout: .now() + patience)
        let (bytes, dropped) = state.withLock { state in
            defer { (state.waiting, state.droppedLines) = ([], 0) }
            state.isWriting = !state.waiting.isEmpty
            return (state.waiting, state.droppedLines)
        }
        if !bytes.isEmpty { write(bytes) }
        if dropped > 0 { write(droppedLine(dropped)) }
        state.withLock { $0.isWriting = false }
    }
}

/// Writes everything, going on after partial writes and interruptions; gives up when the descriptor takes no more.
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
