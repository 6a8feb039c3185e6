import Logging
import Postgres
import Synchronization

/// Counts how often a session of the services' databases waited for a lock.
///
/// It looks at `pg_locks` twenty times a second and counts each wait once, known by who waits and since when. So what it tells is the number of
/// waits that lasted until one of its looks: every one of 50 ms and more, and of the shorter ones those that it happened upon. While the
/// server is away it sees nothing.
final class LockWaits: Sendable {
    private struct Wait: Hashable {
        let pid: Int32
        let since: String
    }

    private static let pause = Duration.milliseconds(50)
    private let seen = Mutex<(waits: Set<Wait>, looks: Int)>(([], 0))
    private let pool: PostgresPool
    private let looking: Mutex<Task<Void, Never>?> = Mutex(nil)

    /// Begins to count.
    /// - Parameters:
    ///   - configuration: how an administrator connects.
    ///   - databases: whose sessions count.
    init(_ configuration: PostgresConfiguration, databases: [String]) {
        var one = configuration
        one.maximumConnections = 1
        pool = PostgresPool(one, logger: Logger(label: "lock-waits", factory: { _ in SwiftLogNoOpLogHandler() }))
        let task = Task { [weak self] in
            while !Task.isCancelled {
                await self?.look(databases)
                try? await Task.sleep(for: Self.pause)
            }
        }
        looking.withLock { $0 = task }
    }

    /// Ends counting; how many there were.
    @discardableResult func stop() async -> Int {
        let task = looking.withLock { $0 }
        task?.cancel()
        await task?.value
        await pool.close(deadline: .seconds(5))
        return count
    }

    /// How many there were until now.
    var count: Int { seen.withLock { $0.waits.count } }

    /// How often it has looked.
    var looks: Int { seen.withLock { $0.looks } }

    private func look(_ databases: [String]) async {
        // A server that was killed is on its way back.
        guard let rows = try? await pool.withConnection({ try await $0.query(Self.waiting, databases) }),
            let waits = try? rows.decode(Int32.self, String.self)
        else { return }
        seen.withLock { seen in
            seen.looks += 1
            for (pid, since) in waits { seen.waits.insert(Wait(pid: pid, since: since)) }
        }
    }

    /// A wait that has only just begun has no beginning yet.
    private static let waiting = PostgresStatement(
        "demo.lock-waits",
        """
        select l.pid, l.waitstart::text from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where not l.granted and l.waitstart is not null and a.datname = any($1)
        """)
}
