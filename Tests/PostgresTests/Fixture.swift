import Foundation
import Logging
import TestKit

@testable import Postgres

/// Runs `body` with a pool for a new, empty database on the server that all tests share.
func withPool<R: Sendable>(
    _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresPool) async throws -> R
) async throws -> R {
    try await withPool(on: .shared(), change, body)
}

/// The same on a separate server, which the test may stop and restart.
func withPool<R: Sendable>(
    on server: PrivatePostgres, _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresPool) async throws -> R
) async throws -> R {
    var configuration = try await server.temporaryDatabase()
    change(&configuration)
    let pool = PostgresPool(configuration, logger: quietLogger)
    do {
        let result = try await body(pool)
        await pool.close(deadline: .seconds(10))
        return result
    } catch {
        await pool.close(deadline: .seconds(10))
        throw error
    }
}

/// Hides warnings, because some tests cause failed connects.
let quietLogger: Logger = {
    var logger = Logger(label: "postgres-tests")
    logger.logLevel = .critical
    return logger
}()

/// The `PostgresError` thrown by `body`; nil when it throws none or another error.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// Waits until `condition` holds; false after 30 s.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return false
}

extension PostgresPool {
    /// The number of tasks that wait for a connection.
    var waiting: Int { state.withLock { $0.waiters.count } }
}

/// A counter for closures that may run on any thread.
actor CallCounter {
    private(set) var count = 0

    @discardableResult
    func add() -> Int {
        count += 1
        return count
    }
}

/// A gate at which tasks wait until the test opens it.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        waiting.forEach { $0.resume() }
        waiting.removeAll()
    }
}
