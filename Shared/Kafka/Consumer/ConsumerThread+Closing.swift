import Logging
import Synchronization

/// Closing a consumer, each step within the deadline of `close`.
extension ConsumerThread {
    /// The time reserved for leaving the group and destroying the client.
    private static let leavingReserve = Duration.seconds(2)

    /// Whether no batch is leased any more, or no time is left to wait for one.
    func isReadyToLeave(_ closeBy: ContinuousClock.Instant, _ now: ContinuousClock.Instant) -> Bool {
        now + Self.leavingReserve >= closeBy || !shared.workers.withLock { $0.hasLease }
    }

    func leave(by deadline: ContinuousClock.Instant) {
        let remaining = max(.zero, deadline - .now)
        storeDone()
        if case .none = phase {} else { commit(by: .now + min(Self.answerTimeout, remaining / 2)) }
        leaveGroup(by: deadline)
        forgetAssignment()
    }

    private func leaveGroup(by deadline: ContinuousClock.Instant) {
        let closeEvents = RDQueue.own(of: client.client)
        defer { closeEvents.destroy() }
        do { try client.beginClosing(into: closeEvents) } catch { return report(error) }
        while !client.isClosed {
            guard ContinuousClock.now < deadline else {
                return shared.logger.error("timed out leaving the Kafka group; its partitions are reassigned after the session timeout")
            }
            guard let event = closeEvents.poll(milliseconds: min(20, max(1, deadline.remainingMilliseconds))) else { continue }
            if event.kind == .revoked || event.kind == .assigned { try? client.assign(nil) }
        }
    }

    /// Destroys the client. librdkafka's threads that do not end in time are abandoned.
    func finish() {
        let deadline = max(shared.closeBy ?? .now + Self.leavingReserve, .now + .milliseconds(500))
        let client = client
        let isEnded =
            client.use.shut(deadline: deadline)
            && DedicatedThread.run("kafka-consumer-close", deadline: deadline) { client.destroy() }
        if !isEnded { shared.logger.error("timed out closing a Kafka consumer's client; it was abandoned") }
    }
}
