import Synchronization

/// A lock that a task may hold while it is suspended. Tasks get it in the order in which they asked for it.
final class TaskLock: Sendable {
    private struct State {
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func lock() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isFree = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                defer { state.isHeld = true }
                return !state.isHeld
            }
            if isFree { continuation.resume() }
        }
    }

    func unlock() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isHeld = !state.waiting.isEmpty
            return state.isHeld ? state.waiting.removeFirst() : nil
        }
        next?.resume()
    }
}
