import Dispatch
import Foundation
import Synchronization

/// Handles SIGTERM and SIGINT: the first signal begins a graceful shutdown, the second ends the process at once.
///
/// It uses its own dispatch queue, so that signals are handled even when all of Swift's task threads are blocked.
final class SignalHandler {
    private let queue = DispatchQueue(label: "signals")
    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - first: called with the name of the first signal.
    ///   - again: called with the number of each later one.
    init(first: @escaping @Sendable (String) -> Void, again: @escaping @Sendable (Int32) -> Void) {
        let hasReceivedSignal = AtomicFlag()
        let queue = queue
        sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { if hasReceivedSignal.testAndSet() { again(number) } else { first(name) } }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}

/// A flag that is set once.
private final class AtomicFlag: Sendable {
    private let state = Atomic(false)

    /// Sets the flag and returns its previous value.
    func testAndSet() -> Bool { state.exchange(true, ordering: .acquiringAndReleasing) }
}
