import Dispatch
import Foundation

/// The request to end a command that runs in the foreground: SIGINT, SIGTERM, or the end of standard input.
package final class TerminationSignal {
    /// Yields at each request. Keep this object alive while waiting.
    package let ends: AsyncStream<Void>
    private let signals: [any DispatchSourceSignal]

    /// - Parameter withParent: whether the end of standard input is a request, too.
    package init(withParent: Bool) {
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.ends = ends
        signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        guard withParent else { return }
        // The read blocks, so it needs its own thread.
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            continuation.yield()
        }
    }

    /// Waits for the first request.
    package func wait() async {
        for await _ in ends { return }
    }
}
