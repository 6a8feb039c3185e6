import Dispatch
import Foundation
import Synchronization

/// Turns the first SIGTERM or SIGINT into an orderly stop, and the second into an immediate end.
///
/// It works on a dispatch queue of its own, so that a process whose tasks are stuck still obeys.
final class SignalWatch {
    private let queue = DispatchQueue(label: "signals")
    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - first: called with the name of the first signal.
    ///   - again: called with the number of each later one.
    init(first: @escaping @Sendable (String) -> Void, again: @escaping @Sendable (Int32) -> Void) {
        let hadOne = HadOne()
        let queue = queue
        sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { if hadOne.exchange() { again(number) } else { first(name) } }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}

/// Whether a signal has come before.
private final class HadOne: Sendable {
    private let state = Atomic(false)

    func exchange() -> Bool { state.exchange(true, ordering: .acquiringAndReleasing) }
}
