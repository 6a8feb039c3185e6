import Foundation
import Messages
import Synchronization

/// Those who wait for an answer in this process. The tail of `replies` wakes them; every wait ends by itself.
final class ReplyWaiters: Sendable {
    fileprivate struct Waiter {
        var outcome: Outcome?
        var continuation: CheckedContinuation<Outcome?, Never>?
        var hasEnded = false
    }

    fileprivate struct State {
        var waiters: [UUID: [Int: Waiter]] = [:]
        var turns = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Whether nobody listens.
    var isEmpty: Bool { state.withLock { $0.waiters.isEmpty } }

    /// Begins to listen for an answer: what comes between this and `wait` is not missed.
    func turn(for id: UUID) -> Int {
        state.withLock { state in
            state.turns += 1
            state.waiters[id, default: [:]][state.turns] = Waiter()
            return state.turns
        }
    }

    /// Ends listening.
    func leave(_ id: UUID, _ turn: Int) { state.withLock { $0.remove(id, turn) } }

    /// Waits for the answer, at most `limit`; nil when none came. Ends the listening.
    func wait(_ id: UUID, _ turn: Int, atMost limit: Duration) async -> Outcome? {
        let alarm = Alarms.shared.set(after: limit) { [self] in end(id, turn) }
        defer { Alarms.shared.cancel(alarm) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Outcome?? in
                    guard var waiter = state.waiters[id]?[turn] else { return .some(nil) }
                    if waiter.outcome != nil || waiter.hasEnded || Task.isCancelled {
                        state.remove(id, turn)
                        return .some(waiter.outcome)
                    }
                    waiter.continuation = continuation
                    state.waiters[id]?[turn] = waiter
                    return nil
                }
                if let outcome = ready { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            end(id, turn)
        }
    }

    /// An answer has come: wakes everyone who waits for it.
    func wake(_ outcome: Outcome) {
        let woken = state.withLock { state -> [CheckedContinuation<Outcome?, Never>] in
            guard let waiters = state.waiters[outcome.commandID] else { return [] }
            var woken: [CheckedContinuation<Outcome?, Never>] = []
            for (turn, var waiter) in waiters {
                if let continuation = waiter.continuation {
                    woken.append(continuation)
                    state.remove(outcome.commandID, turn)
                } else {
                    waiter.outcome = outcome
                    state.waiters[outcome.commandID]?[turn] = waiter
                }
            }
            return woken
        }
        for continuation in woken { continuation.resume(returning: outcome) }
    }

    private func end(_ id: UUID, _ turn: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Outcome?, Never>? in
            guard var waiter = state.waiters[id]?[turn] else { return nil }
            if let continuation = waiter.continuation {
                state.remove(id, turn)
                return continuation
            }
            waiter.hasEnded = true
            state.waiters[id]?[turn] = waiter
            return nil
        }
        continuation?.resume(returning: nil)
    }
}

extension ReplyWaiters.State {
    fileprivate mutating func remove(_ id: UUID, _ turn: Int) {
        waiters[id]?[turn] = nil
        if waiters[id]?.isEmpty == true { waiters[id] = nil }
    }
}
