import Logging

/// Detection of stalls, and recovery from them.
extension ConsumerThread {
    func detectStall(_ now: ContinuousClock.Instant) {
        switch phase {
        case .none, .positioning:
            discoverPartitions(now)
            act(on: stallDetector.checkAssignment(answeredAt: loop.answeredAt, now: now))
        case .reading(let lost):
            stallDetector.noteAssignment()
            guard lost.isEmpty, let bounds = loop.takeLogBounds() else { return }
            act(on: stallDetector.checkProgress(intake.readPositions, bounds, now: now))
        case .draining: stallDetector.noteAssignment()
        }
    }

    private func act(on verdict: ConsumerStallDetector.Verdict) {
        switch verdict {
        case .healthy: break
        case .reassign(let ids, let duration):
            report(.notFetched(ids, for: duration), isRenewed: false)
            // Also undoes a pause that this module did not request.
            do throws(KafkaError) {
                try client.resume(ids)
                try client.assign(intake.positions)
            } catch {
                report(error)
            }
        case .replaceClient(let detected):
            report(detected, isRenewed: true)
            stopReason = .stalled(detected)
        }
    }

    private func report(_ stall: KafkaConsumerEvent.Stall, isRenewed: Bool) {
        shared.metrics.count(stall, isRenewed: isRenewed)
        shared.logger.error(
            "a Kafka consumer makes no progress although the brokers answer",
            metadata: ["stall": "\(stall)", "remedy": isRenewed ? "replacing the client" : "reassigning its partitions"])
        shared.report(.stalled(stall, isRenewed: isRenewed))
    }
}
