import Synchronization

/// Whether the service is shutting down. While it drains, it accepts no new work over HTTP and is not ready.
final class DrainState: Sendable {
    private let state = Atomic(false)

    var isDraining: Bool { state.load(ordering: .acquiring) }

    func begin() { state.store(true, ordering: .releasing) }
}
