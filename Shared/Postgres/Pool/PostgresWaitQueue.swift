/// The tasks that wait for a connection, in order of arrival.
struct PostgresWaitQueue {
    typealias Waiter = CheckedContinuation<PostgresSession, any Error>

    private struct Entry {
        let waiter: Waiter
        let deadline: PostgresDeadline
    }

    private var entries: [UInt64: Entry] = [:]
    /// The ids in order of arrival. Ids of removed entries stay until they reach the front.
    private var order: [UInt64] = []
    private var front = 0

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ id: UInt64, _ waiter: Waiter, until deadline: PostgresDeadline) {
        entries[id] = Entry(waiter: waiter, deadline: deadline)
        order.append(id)
    }

    mutating func popFirst() -> Waiter? {
        while front < order.count {
            let id = order[front]
            front += 1
            if front > 64, front * 2 > order.count {
                order.removeFirst(front)
                front = 0
            }
            if let entry = entries.removeValue(forKey: id) { return entry.waiter }
        }
        return nil
    }

    mutating func remove(_ id: UInt64) -> Waiter? { entries.removeValue(forKey: id)?.waiter }

    mutating func removeAll() -> [Waiter] {
        defer { self = PostgresWaitQueue() }
        return order[front...].compactMap { entries[$0]?.waiter }
    }

    /// Removes the waiters whose deadline has passed, and returns the next deadline.
    mutating func expire(at now: PostgresDeadline) -> (expired: [Waiter], next: PostgresDeadline?) {
        let due = order[front...].filter { id in entries[id].map { $0.deadline <= now } ?? false }
        let expired = due.compactMap { entries.removeValue(forKey: $0)?.waiter }
        return (expired, entries.values.map(\.deadline).min())
    }
}
