import TestKit

/// Fails unless the work ends within a minute. Give what the work waits for a limit of hours, so that it cannot end by itself.
///
/// A time limit of the test would also count the time that the test waits for its fixture.
func endsSoon(_ what: String, _ work: @escaping @Sendable () async throws -> Void) async throws {
    let hasEnded = Switch(false)
    let working = Task {
        defer { hasEnded.isOn = true }
        try await work()
    }
    defer { working.cancel() }
    try await eventually(what) { hasEnded.isOn }
    try await working.value
}
