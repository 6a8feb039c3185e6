internal import CoreMetrics
internal import Logging
internal import Synchronization

extension PostgresPool {
    /// Opens connections in detached tasks, so that an attempt continues for the next waiter when a caller is cancelled or times out.
    /// Each attempt is bounded by the connect timeout, and attempts are repeated only while a task waits.
    func startConnecting(_ count: Int) {
        for _ in 0..<count {
            Task.detached { await self.connect() }
        }
    }

    private func connect() async {
        while true {
            do {
                let session = try await PostgresSession.connect(configuration)
                metrics.connects.increment()
                session.planGeneration = planGeneration.load(ordering: .relaxed)
                let more = state.withLock { $0.connected(session) }
                offer(session)
                return startConnecting(more)
            } catch {
                guard let failures = fail(error as? PostgresError ?? PostgresError(.connection, "connecting was cancelled")) else { return }
                // Bounded and with jitter, so that many services do not connect to a starting server at the same moments.
                let milliseconds = min(1000, 25 << min(failures, 6))
                try? await Task.sleep(for: .milliseconds(Int.random(in: milliseconds / 2...milliseconds)))
                guard state.withLock({ $0.keepsConnecting() }) else { return }
            }
        }
    }

    private func fail(_ error: PostgresError) -> Int? {
        metrics.connectFailures.increment()
        logger.warning("cannot connect to PostgreSQL", metadata: ["reason": "\(error)", "database": "\(configuration.database)"])
        let (rejected, failures) = state.withLock { $0.connectFailed(error) }
        for waiter in rejected { endWait(waiter, error) }
        return failures
    }
}
