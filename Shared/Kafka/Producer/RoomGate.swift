import Synchronization

/// Where a `send` waits while librdkafka's queue is full. It is opened for a moment whenever reports have come, and at least
/// ten times a second, so that a missed moment costs little and every wait is bounded by its owner's own deadline.
final class RoomGate: Sendable {
    private struct State {
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isOpenForGood = false
    }

    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpenForGood { state.waiters.append(continuation) }
                return state.isOpenForGood
            }
            if isOpen { continuation.resume() }
        }
    }

    func letThrough(forGood: Bool = false) {
        let waiters = state.withLock { state in
            state.isOpenForGood = state.isOpenForGood || forGood
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
