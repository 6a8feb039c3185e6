import Logging
import Synchronization

/// How a consumer ends, each step within the deadline of `close`.
extension ConsumerThread {
    /// What leaving the group and ending the client may need at most.
    private static let leavingReserve = Duration.seconds(2)

    /// Whether no batch is out any more, or no more time is left to wait for one.
    func isReadyToLeave(_ closeBy: ContinuousClock.Instant, _ now: ContinuousClock.Instant) -> Bool {
        now + Self.leavingReserve >= closeBy || !shared.lanes.withLock { $0.hasLease }
    }

    func leave(by deadline: ContinuousClock.Instant) {
        let remaining = max(.zero, deadline - .now)
        storeDone()
        if case .none = phase {} else { commit(by: .now + min(Self.answerTimeout, remaining / 2)) }
        leaveGroup(by: deadline)
        forgetAssignment()
    }

    private func leaveGroup(by deadline: ContinuousClock.Instant) {
        let farewell = RDQueue.own(of: client.client)
        defer { farewell.destroy() }
        do { try client.beginClosing(into: farewell) } catch { return report(error) }
        while !client.isClosed {
            guard ContinuousClock.now < deadline else {
                return shared.logger.error("a Kafka consumer did not leave its group in time; the group waits for its session to end")
            }
            guard let event = farewell.poll(milliseconds: min(20, max(1, deadline.remainingMilliseconds))) else { continue }
            if event.kind == .revoked || event.kind == .assigned { try? client.assign(nil) }
        }
    }

    /// Ends the client. librdkafka's threads that do not end in time are left behind.
    func finish() {
        let deadline = max(shared.closeBy ?? .now + Self.leavingReserve, .now + .milliseconds(500))
        let client = client
        let isEnded =
            client.use.shut(deadline: deadline)
            && DedicatedThread.run("kafka-consumer-close", deadline: deadline) { client.destroy() }
        if !isEnded { shared.logger.error("a Kafka consumer's client did not close in time and was left behind") }
    }
}
