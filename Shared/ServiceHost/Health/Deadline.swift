/// The result of `body`, or `nil` when it takes longer than `deadline`.
///
/// It returns at the deadline even when `body` ignores its cancellation. The caller must make sure that such bodies do not accumulate.
func firstOutcome<Outcome: Sendable>(
    within deadline: Duration, of body: @escaping @Sendable () async -> Outcome
) async -> Outcome? {
    let (outcomes, continuation) = AsyncStream.makeStream(of: Outcome?.self, bufferingPolicy: .bufferingOldest(1))
    let work = Task { continuation.yield(await body()) }
    let timer = Task {
        try? await Task.sleep(for: deadline)
        continuation.yield(nil)
    }
    defer {
        timer.cancel()
        work.cancel()
    }
    for await outcome in outcomes { return outcome }
    return nil
}
