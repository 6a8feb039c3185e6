internal import CLibpq
internal import Glibc

/// What a task waits for on a socket.
struct PostgresInterest: OptionSet, Sendable {
    let rawValue: UInt8
    static let readable = PostgresInterest(rawValue: 1)
    static let writable = PostgresInterest(rawValue: 2)

    var events: UInt32 {
        (contains(.readable) ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (contains(.writable) ? EPOLLOUT.rawValue : 0)
    }
}

/// How a wait ended. `whole` is the end of one that reads: all that was waited for has been read.
enum PostgresWaitEnd: Sendable { case ready, whole, deadline, cancelled }

/// How far reading has come. What failed is told to whoever reads next.
enum PostgresReading: Sendable { case more, whole, failed }

/// One waiting place at the reactor: a socket's, or a bare alarm when it has no socket. One task waits on it at a time.
final class PostgresWatch: Sendable {
    private typealias Waiter = CheckedContinuation<PostgresWaitEnd, Never>

    private struct State {
        var descriptor: Int32 = -1
        var waiter: Waiter?
        var deadline: PostgresDeadline?
        var onAlarm: (@Sendable () -> Void)?
        /// Reads what is there, on the reactor's thread, while somebody waits.
        var read: (@Sendable () -> PostgresReading)?
        /// Counts the waits, so that a cancellation that arrives late cannot end the next one.
        var round: UInt64 = 0

        /// Ends the wait, if there is one.
        mutating func takeWaiter() -> Waiter? {
            defer {
                waiter = nil
                read = nil
                if onAlarm == nil { deadline = nil }
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

    /// An alarm without a socket: `action` runs on the reactor's thread, so it must be short.
    static func alarm(_ action: @escaping @Sendable () -> Void) -> PostgresWatch {
        let watch = make()
        watch.state.withLock { $0.onAlarm = action }
        return watch
    }

    /// Follows another socket from now on. While it connects, libpq may close its socket and open a next one.
    func follow(_ descriptor: Int32) -> Bool {
        state.withLock { state in
            if state.descriptor >= 0 { reactor.remove(state.descriptor) }
            state.descriptor = descriptor
            return descriptor >= 0 && reactor.add(descriptor, id: id)
        }
    }

    /// Must come before the socket is closed, lest its number be armed when it already is another's.
    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { reactor.remove(state.descriptor) }
            state.descriptor = -1
            state.onAlarm = nil
        }
        reactor.forget(id)
    }

    /// Ends both directions of the socket from any thread: who waits on it, or uses it next, finds the connection lost.
    func shutDownSocket() {
        state.withLock { state in
            if state.descriptor >= 0 { _ = shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Suspends until the socket is as wanted, or the deadline, or (unless shielded) the task's cancellation.
    ///
    /// With `read` it suspends until that has read all there is to wait for. An answer comes in many pieces: the reactor's thread, which is
    /// awake for each anyway, takes them in, and the task is resumed once. Nobody else touches what `read` touches meanwhile.
    func wait(
        for interest: PostgresInterest, until deadline: PostgresDeadline, shielded: Bool, read: (@Sendable () -> PostgresReading)? = nil
    ) async -> PostgresWaitEnd {
        let round = state.withLock { state in
            state.round += 1
            state.read = read
            return state.round
        }
        guard !shielded else { return await suspend(interest, deadline, shielded: true) }
        return await withTaskCancellationHandler {
            await suspend(interest, deadline, shielded: false)
        } onCancel: {
            end(.cancelled, round: round)
        }
    }

    private func suspend(_ interest: PostgresInterest, _ deadline: PostgresDeadline, shielded: Bool) async -> PostgresWaitEnd {
        await withCheckedContinuation { continuation in
            let armed = state.withLock { state in
                state.waiter = continuation
                state.deadline = deadline
                // A descriptor the kernel will not arm is closed or broken: the caller's next read says which.
                return state.descriptor >= 0 && reactor.arm(state.descriptor, for: interest, id: id)
            }
            if !armed { return end(.ready) }
            reactor.note(deadline)
            // A cancellation before the waiter was stored found nobody to resume.
            if !shielded && Task.isCancelled { end(.cancelled) }
        }
    }

    /// The socket is as wanted, and quiet until it is armed again.
    func ready() {
        // Under the lock: whoever ends the wait otherwise must find reading either not begun or done.
        let (waiter, end) = state.withLock { state -> (Waiter?, PostgresWaitEnd) in
            guard state.waiter != nil, let read = state.read else { return (state.takeWaiter(), .ready) }
            switch read() {
            case .more where reactor.arm(state.descriptor, for: .readable, id: id): return (nil, .ready)
            case .whole: return (state.takeWaiter(), .whole)
            case .more, .failed: return (state.takeWaiter(), .ready)
            }
        }
        waiter?.resume(returning: end)
    }

    /// Resumes the waiter, if there is one and it is still the wait meant.
    private func end(_ end: PostgresWaitEnd, round: UInt64? = nil) {
        let waiter = state.withLock { state in
            round == nil || round == state.round ? state.takeWaiter() : nil
        }
        waiter?.resume(returning: end)
    }

    /// Sets the alarm; an earlier one that is pending stays.
    func setAlarm(_ deadline: PostgresDeadline) {
        let earlier = state.withLock { state in
            if let pending = state.deadline, pending <= deadline { return false }
            state.deadline = deadline
            return true
        }
        if earlier { reactor.note(deadline) }
    }

    /// Ends what is due and returns the deadline still pending, if any.
    func expire(at now: PostgresDeadline) -> PostgresDeadline? {
        let (pending, waiter, alarm) = state.withLock { state -> (PostgresDeadline?, Waiter?, (@Sendable () -> Void)?) in
            guard let deadline = state.deadline, deadline <= now else { return (state.deadline, nil, nil) }
            state.deadline = nil
            return (nil, state.takeWaiter(), state.onAlarm)
        }
        waiter?.resume(returning: .deadline)
        alarm?()
        return pending
    }
}
