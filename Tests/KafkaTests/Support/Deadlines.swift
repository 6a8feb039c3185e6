import Foundation

/// A wait that exceeded its deadline.
struct TestTimeout: Error, CustomStringConvertible {
    let what: String
    var description: String { "timed out waiting for \(what)" }
}

/// Runs the body, and cancels it and throws at the deadline. The default is generous because the tests share a loaded machine.
func within<R: Sendable>(
    _ deadline: Duration = .seconds(30), _ what: String = "the body", _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: deadline)
            throw TestTimeout(what: what)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw TestTimeout(what: what) }
        return first
    }
}

/// Waits until the condition holds.
func eventually(_ what: String, within deadline: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + deadline
    while try await !condition() {
        guard ContinuousClock.now < end else { throw TestTimeout(what: what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}
