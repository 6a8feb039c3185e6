internal import CLibpq
internal import Foundation
internal import Glibc
internal import Synchronization

/// The thread that waits for all PostgreSQL sockets and deadlines of the process.
///
/// Tasks arm their `PostgresWatch` themselves (`epoll_ctl` is safe during `epoll_wait`) and suspend. This thread reads the arriving data
/// of the result they wait for, and resumes them when it is complete. It waits for all sockets together, so that a slow connection
/// does not delay others, and the cooperative pool never blocks.
final class PostgresReactor: Sendable {
    private struct Registry {
        var watches: [UInt64: PostgresWatch] = [:]
        var nextID: UInt64 = 1
    }

    static let shared = PostgresReactor()

    private let epoll: Int32
    private let wakeUp: Int32
    private let registry = PostgresLock(Registry())
    /// When the thread next checks the deadlines. A wait with a later deadline needs no wake-up, which is the usual case because
    /// deadlines are seconds away and rarely reached.
    private let wakeAt = Atomic<Int64>(.max)
    let jobs = PostgresJobQueue()

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeUp = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = 0
        epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event)
        let thread = Thread { [self] in run() }
        thread.name = "quan-postgres"
        thread.start()
    }

    func register(_ make: (UInt64) -> PostgresWatch) -> PostgresWatch {
        registry.withLock { registry in
            let watch = make(registry.nextID)
            registry.watches[registry.nextID] = watch
            registry.nextID += 1
            return watch
        }
    }

    func forget(_ id: UInt64) {
        registry.withLock { _ = $0.watches.removeValue(forKey: id) }
    }

    /// Registers `descriptor` without events; `arm` sets them. False when the kernel refuses it.
    func add(_ descriptor: Int32, id: UInt64) -> Bool {
        control(EPOLL_CTL_ADD, descriptor, EPOLLONESHOT.rawValue, id)
    }

    func arm(_ descriptor: Int32, for wanted: PostgresSocketEvents, id: UInt64) -> Bool {
        control(EPOLL_CTL_MOD, descriptor, wanted.epollEvents | EPOLLONESHOT.rawValue, id)
    }

    func remove(_ descriptor: Int32) {
        _ = control(EPOLL_CTL_DEL, descriptor, 0, 0)
    }

    /// Ensures that the thread checks the deadlines no later than `deadline`.
    func note(_ deadline: PostgresDeadline) {
        // Either this load sees the value that the scan has reset, or the scan sees the watch that was armed before.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if lowerWakeAt(to: deadline.nanoseconds) { interrupt() }
    }

    /// Wakes the thread for another iteration.
    func interrupt() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    private func lowerWakeAt(to instant: Int64) -> Bool {
        var current = wakeAt.load(ordering: .relaxed)
        while instant < current {
            let (exchanged, original) = wakeAt.weakCompareExchange(expected: current, desired: instant, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ id: UInt64) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.u64 = id
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    private func run() {
        jobs.adoptThread()
        var events = [epoll_event](repeating: epoll_event(), count: 128)
        while true {
            let count = Int(epoll_wait(epoll, &events, Int32(events.count), jobs.isEmpty ? timeoutMilliseconds() : 0))
            for index in 0..<max(0, count) {
                dispatch(events[index])
            }
            expirePassedDeadlines()
            // After the events, because they enqueue most jobs.
            runJobs()
        }
    }

    private func dispatch(_ event: epoll_event) {
        let id = event.data.u64
        guard id != 0 else {
            var sink: UInt64 = 0
            _ = read(wakeUp, &sink, 8)
            return
        }
        // The watch is resumed outside the lock: the resumed task may register or forget at once.
        registry.withLock { $0.watches[id] }?.ready()
    }

    private func timeoutMilliseconds() -> Int32 {
        let wakeAt = wakeAt.load(ordering: .relaxed)
        guard wakeAt != .max else { return -1 }
        let left = wakeAt - PostgresDeadline.now().nanoseconds
        return left <= 0 ? 0 : Int32(clamping: left / 1_000_000 + 1)
    }

    private func expirePassedDeadlines() {
        guard wakeAt.load(ordering: .relaxed) != .max else { return }
        let now = PostgresDeadline.now()
        guard wakeAt.load(ordering: .relaxed) <= now.nanoseconds else { return }
        // Reset before the scan: a watch armed during the scan is either seen by it or lowers this again by `note`.
        wakeAt.store(.max, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let watches = registry.withLock { Array($0.watches.values) }
        if let next = watches.compactMap({ $0.expire(at: now) }).min() { _ = lowerWakeAt(to: next.nanoseconds) }
    }
}
