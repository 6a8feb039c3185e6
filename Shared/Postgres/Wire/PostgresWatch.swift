internal import CLibpq
internal import Glibc

/// The socket events that a task waits for.
struct PostgresSocketEvents: OptionSet, Sendable {
    let rawValue: UInt8
    static let readable = PostgresSocketEvents(rawValue: 1)
    static let writable = PostgresSocketEvents(rawValue: 2)

    var epollEvents: UInt32 {
        (contains(.readable) ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (contains(.writable) ? EPOLLOUT.rawValue : 0)
    }
}

/// How a wait ended. `complete` means that the wait's `read` has read a complete result.
enum PostgresWaitResult: Sendable { case ready, complete, deadline, cancelled }

/// The progress of reading a result. After `failed` the next libpq call returns the error.
enum PostgresReadProgress: Sendable { case incomplete, complete, failed }

/// A registration at the reactor: of a socket, or of a timer when it has no socket. One task waits on it at a time.
final class PostgresWatch: Sendable {
    private typealias Waiter = CheckedContinuation<PostgresWaitResult, Never>

    private struct State {
        var descriptor: Int32 = -1
        var waiter: Waiter?
        var deadline: PostgresDeadline?
        var onTimer: (@Sendable () -> Void)?
        /// Reads the available data on the reactor's thread while a task waits.
        var read: (@Sendable () -> PostgresReadProgress)?
        /// The number of the wait, so that a late cancellation cannot end the next wait.
        var round: UInt64 = 0

        /// Ends the current wait, if any.
        mutating func takeWaiter() -> Waiter? {
            defer {
                waiter = nil
                read = nil
                if onTimer == nil { deadline = nil }
            }
            return waiter
        }
    }

    private let id: UInt64
    private let reactor: PostgresReactor
    private let state = PostgresLock(State())

    private init(id: UInt64, reactor: PostgresReactor) {
        self.id = id
        self.reactor = reactor
    }

    static func make(on reactor: PostgresReactor = .shared) -> PostgresWatch {
        reactor.register { PostgresWatch(id: $0, reactor: reactor) }
    }

    /// A timer without a socket: `action` runs on the reactor's thread, so it must be short.
    static func timer(_ action: @escaping @Sendable () -> Void) -> PostgresWatch {
        let watch = make()
        watch.state.withLock { $0.onTimer = action }
        return watch
    }

    /// Watches another socket. While connecting, libpq may close its socket and open another one.
    func follow(_ descriptor: Int32) -> Bool {
        state.withLock { state in
            if state.descriptor >= 0 { reactor.remove(state.descriptor) }
            state.descriptor = descriptor
            return descriptor >= 0 && reactor.add(descriptor, id: id)
        }
    }

    /// Call it before the socket is closed, because its descriptor may be reused afterwards.
    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { reactor.remove(state.descriptor) }
            state.descriptor = -1
            state.onTimer = nil
        }
        reactor.forget(id)
    }

    /// Shuts the socket down, from any thread: the waiting task, or the next use, gets a connection error.
    func shutDownSocket() {
        state.withLock { state in
            if state.descriptor >= 0 { _ = shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Suspends until an event of the socket, the deadline, or (unless shielded) the task's cancellation.
    ///
    /// With `read` it suspends until `read` returns `complete`. A result arrives in many pieces: the reactor's thread reads each of them,
    /// and the task is resumed once. Meanwhile no other code may use the state that `read` uses.
    func wait(
        for events: PostgresSocketEvents, until deadline: PostgresDeadline, shielded: Bool,
        read: (@Sendable () -> PostgresReadProgress)? = nil
    ) async -> PostgresWaitResult {
        let round = state.withLock { state in
            state.round += 1
            state.read = read
            return state.round
        }
        guard !shielded else { return await suspend(events, deadline, shielded: true) }
        return await withTaskCancellationHandler {
            await suspend(events, deadline, shielded: false)
        } onCancel: {
            end(.cancelled, round: round)
        }
    }

    private func suspend(_ events: PostgresSocketEvents, _ deadline: PostgresDeadline, shielded: Bool) async -> PostgresWaitResult {
        await withCheckedContinuation { continuation in
            let armed = state.withLock { state in
                state.waiter = continuation
                state.deadline = deadline
                // A descriptor that the kernel refuses to arm is closed or broken: the caller's next read returns the error.
                return state.descriptor >= 0 && reactor.arm(state.descriptor, for: events, id: id)
            }
            if !armed { return end(.ready) }
            reactor.note(deadline)
            // A cancellation before the waiter was stored could not resume it.
            if !shielded && Task.isCancelled { end(.cancelled) }
        }
    }

    /// Called on an event of the socket, which is disarmed until the next `arm`.
    func ready() {
        // Under the lock, so that no other code ends the wait during a read.
        let (waiter, end) = state.withLock { state -> (Waiter?, PostgresWaitResult) in
            guard state.waiter != nil, let read = state.read else { return (state.takeWaiter(), .ready) }
            switch read() {
            case .incomplete where reactor.arm(state.descriptor, for: .readable, id: id): return (nil, .ready)
            case .complete: return (state.takeWaiter(), .complete)
            case .incomplete, .failed: return (state.takeWaiter(), .ready)
            }
        }
        waiter?.resume(returning: end)
    }

    /// Resumes the waiter, if there is one and the wait is still the given one.
    private func end(_ end: PostgresWaitResult, round: UInt64? = nil) {
        let waiter = state.withLock { state in
            round == nil || round == state.round ? state.takeWaiter() : nil
        }
        waiter?.resume(returning: end)
    }

    /// Sets the timer; an earlier pending deadline is kept.
    func setTimer(_ deadline: PostgresDeadline) {
        let earlier = state.withLock { state in
            if let pending = state.deadline, pending <= deadline { return false }
            state.deadline = deadline
            return true
        }
        if earlier { reactor.note(deadline) }
    }

    /// Ends the wait or fires the timer if its deadline has passed; returns the pending deadline, if any.
    func expire(at now: PostgresDeadline) -> PostgresDeadline? {
        let (pending, waiter, timer) = state.withLock { state -> (PostgresDeadline?, Waiter?, (@Sendable () -> Void)?) in
            guard let deadline = state.deadline, deadline <= now else { return (state.deadline, nil, nil) }
            state.deadline = nil
            return (nil, state.takeWaiter(), state.onTimer)
        }
        waiter?.resume(returning: .deadline)
        timer?()
        return pending
    }
}
