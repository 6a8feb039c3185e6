import Foundation
import Messages
import Synchronization

/// The requests of this process that wait for an answer. A record on `replies` resumes them; every wait has a timeout.
final class ReplyWaiters: Sendable {
    fileprivate struct Waiter {
        var reply: Reply?
        var continuation: CheckedContinuation<Reply?, Never>?
        var hasEnded = false
    }

    fileprivate struct State {
        var waiters: [UUID: [Int: Waiter]] = [:]
        var lastRegistration = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Whether no request is registered.
    var isEmpty: Bool { state.withLock { $0.waiters.isEmpty } }

    /// Registers for the answer to a command. An answer that arrives between this call and `wait` is not missed.
    /// - Returns: the registration, for `wait` or `leave`
    func register(for id: UUID) -> Int {
        state.withLock { state in
            state.lastRegistration += 1
            state.waiters[id, default: [:]][state.lastRegistration] = Waiter()
            return state.lastRegistration
        }
    }

    /// Cancels a registration.
    func leave(_ id: UUID, _ registration: Int) { state.withLock { $0.remove(id, registration) } }

    /// Waits for the answer, at most `limit`; nil if none arrived. Ends the registration.
    func wait(_ id: UUID, _ registration: Int, atMost limit: Duration) async -> Reply? {
        let timeout = TimeoutScheduler.shared.set(after: limit) { [self] in end(id, registration) }
        defer { TimeoutScheduler.shared.cancel(timeout) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Reply?? in
                    guard var waiter = state.waiters[id]?[registration] else { return .some(nil) }
                    if waiter.reply != nil || waiter.hasEnded || Task.isCancelled {
                        state.remove(id, registration)
                        return .some(waiter.reply)
                    }
                    waiter.continuation = continuation
                    state.waiters[id]?[registration] = waiter
                    return nil
                }
                if let reply = ready { continuation.resume(returning: reply) }
            }
        } onCancel: {
            end(id, registration)
        }
    }

    /// Resumes every request that waits for this command's reply.
    func wake(_ reply: Reply) {
        let id = reply.commandID
        let woken = state.withLock { state -> [CheckedContinuation<Reply?, Never>] in
            guard let waiters = state.waiters[id] else { return [] }
            var woken: [CheckedContinuation<Reply?, Never>] = []
            for (registration, var waiter) in waiters {
                if let continuation = waiter.continuation {
                    woken.append(continuation)
                    state.remove(id, registration)
                } else if waiter.reply?.outcome == nil {
                    waiter.reply = reply
                    state.waiters[id]?[registration] = waiter
                }
            }
            return woken
        }
        for continuation in woken { continuation.resume(returning: reply) }
    }

    private func end(_ id: UUID, _ registration: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Reply?, Never>? in
            guard var waiter = state.waiters[id]?[registration] else { return nil }
            if let continuation = waiter.continuation {
                state.remove(id, registration)
                return continuation
            }
            waiter.hasEnded = true
            state.waiters[id]?[registration] = waiter
            return nil
        }
        continuation?.resume(returning: nil)
    }
}

extension ReplyWaiters.State {
    fileprivate mutating func remove(_ id: UUID, _ registration: Int) {
        waiters[id]?[registration] = nil
        if waiters[id]?.isEmpty == true { waiters[id] = nil }
    }
}
