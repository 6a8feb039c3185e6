import Logging
import Postgres
import Synchronization

/// Counts how often a session of the services' databases waits for a lock.
///
/// It polls `pg_locks` every 50 ms and counts each wait once, identified by process and start time: all waits of 50 ms and more, and those
/// shorter ones that a poll happens to see. While the server is down it counts nothing.
final class LockWaits: Sendable {
    private struct Wait: Hashable {
        let pid: Int32
        let since: String
    }

    private static let pause = Duration.milliseconds(50)
    private let state = Mutex<(waits: Set<Wait>, polls: Int)>(([], 0))
    private let pool: PostgresPool
    private let polling: Mutex<Task<Void, Never>?> = Mutex(nil)

    /// Starts counting.
    /// - Parameters:
    ///   - configuration: the connection of an administrator.
    ///   - databases: the databases whose sessions are counted.
    init(_ configuration: PostgresConfiguration, databases: [String]) {
        var one = configuration
        one.maximumConnections = 1
        pool = PostgresPool(one, logger: Logger(label: "lock-waits", factory: { _ in SwiftLogNoOpLogHandler() }))
        let task = Task { [weak self] in
            while !Task.isCancelled {
                await self?.poll(databases)
                try? await Task.sleep(for: Self.pause)
            }
        }
        polling.withLock { $0 = task }
    }

    /// Stops counting and returns the number of waits.
    @discardableResult func stop() async -> Int {
        let task = polling.withLock { $0 }
        task?.cancel()
        await task?.value
        await pool.close(deadline: .seconds(5))
        return count
    }

    /// The number of waits until now.
    var count: Int { state.withLock { $0.waits.count } }

    /// The number of polls until now.
    var polls: Int { state.withLock { $0.polls } }

    private func poll(_ databases: [String]) async {
        // A killed server is being restarted.
        guard let rows = try? await pool.withConnection({ try await $0.query(Self.waiting, databases) }),
            let waits = try? rows.decode(Int32.self, String.self)
        else { return }
        state.withLock { state in
            state.polls += 1
            for (pid, since) in waits { state.waits.insert(Wait(pid: pid, since: since)) }
        }
    }

    /// A wait that has just begun has no `waitstart` yet.
    private static let waiting = PostgresStatement(
        "demo.lock-waits",
        """
        select l.pid, l.waitstart::text from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where not l.granted and l.waitstart is not null and a.datname = any($1)
        """)
}
