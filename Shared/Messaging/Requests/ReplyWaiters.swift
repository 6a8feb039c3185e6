import Foundation
import Messages
import Synchronization

/// Those who wait for an answer in this process. The tail of `replies` wakes them; every wait ends by itself.
final class ReplyWaiters: Sendable {
    fileprivate struct Waiter {
        var reply: Reply?
        var continuation: CheckedContinuation<Reply?, Never>?
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
    func wait(_ id: UUID, _ turn: Int, atMost limit: Duration) async -> Reply? {
        let alarm = Alarms.shared.set(after: limit) { [self] in end(id, turn) }
        defer { Alarms.shared.cancel(alarm) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Reply?? in
                    guard var waiter = state.waiters[id]?[turn] else { return .some(nil) }
                    if waiter.reply != nil || waiter.hasEnded || Task.isCancelled {
                        state.remove(id, turn)
                        return .some(waiter.reply)
                    }
                    waiter.continuation = continuation
                    state.waiters[id]?[turn] = waiter
                    return nil
                }
                if let reply = ready { continuation.resume(returning: reply) }
            }
        } onCancel: {
            end(id, turn)
        }
    }

    /// Something was said of a command: wakes everyone who waits for it.
    func wake(_ reply: Reply) {
        let id = reply.commandID
        let woken = state.withLock { state -> [CheckedContinuation<Reply?, Never>] in
            guard let waiters = state.waiters[id] else { return [] }
            var woken: [CheckedContinuation<Reply?, Never>] = []
            for (turn, var waiter) in waiters {
                if let continuation = waiter.continuation {
                    woken.append(continuation)
                    state.remove(id, turn)
                } else if waiter.reply?.outcome == nil {
                    waiter.reply = reply
                    state.waiters[id]?[turn] = waiter
                }
            }
            return woken
        }
        for continuation in woken { continuation.resume(returning: reply) }
    }

    private func end(_ id: UUID, _ turn: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Reply?, Never>? in
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
