import Dispatch
import Foundation

/// The moment at which a command that runs in the foreground should end: SIGINT, SIGTERM, or the end of standard input.
final class EndOfService {
    /// Tells it; keep this object for as long as it is waited for.
    let ends: AsyncStream<Void>
    private let signals: [any DispatchSourceSignal]

    /// - Parameter withParent: end when standard input closes too.
    init(withParent: Bool) {
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
        // A thread of its own: it does nothing but wait.
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            continuation.yield()
        }
    }

    /// Returns at that moment.
    func wait() async {
        for await _ in ends { return }
    }
}
