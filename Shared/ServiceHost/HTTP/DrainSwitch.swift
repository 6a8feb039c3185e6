import Synchronization

/// Turned on once, when the service begins to stop: from then on it takes no new work over HTTP and is not ready.
final class DrainSwitch: Sendable {
    private let state = Atomic(false)

    var isOn: Bool { state.load(ordering: .acquiring) }

    func turnOn() { state.store(true, ordering: .releasing) }
}
