import Logging

/// What is done when nothing moves though the brokers answer.
extension ConsumerThread {
    func watchOver(_ now: ContinuousClock.Instant) {
        switch phase {
        case .none, .positioning:
            look(now)
            act(on: watch.waits(answeredAt: loop.answeredAt, now: now))
        case .reading:
            watch.reads()
            guard lost.isEmpty, let edges = loop.takeEdges() else { return }
            act(on: watch.look(intake.readPositions, edges, now: now))
        case .draining: watch.reads()
        }
    }

    private func act(on verdict: ConsumerWatch.Verdict) {
        switch verdict {
        case .fine: break
        case .reposition(let ids, let stood):
            tell(.unread(ids, since: stood), isRenewed: false)
            // A pause that nobody knows of is taken back too.
            do throws(KafkaError) {
                try client.resume(ids)
                try client.assign(intake.positions)
            } catch {
                report(error)
            }
        case .renew(let standstill):
            tell(standstill, isRenewed: true)
            stall = standstill
        }
    }

    private func tell(_ standstill: KafkaConsumerEvent.Standstill, isRenewed: Bool) {
        shared.metrics.count(standstill, isRenewed: isRenewed)
        shared.logger.error(
            "a Kafka consumer stands still though the brokers answer",
            metadata: ["waits": "\(standstill)", "remedy": isRenewed ? "a new client" : "its partitions are assigned anew"])
        shared.tell(.stalled(standstill, isRenewed: isRenewed))
    }
}
