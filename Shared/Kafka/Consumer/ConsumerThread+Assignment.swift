import Synchronization

/// Assignment and revocation of partitions.
extension ConsumerThread {
    /// Begins an assignment. The start offsets are read first.
    func beginAssignment(_ ids: [TopicPartition]) {
        retryAt = .now
        phase = .positioning(ids)
        if ids.isEmpty { begin([]) }
    }

    /// Reads the committed offsets and starts fetching. Retried without limit while the coordinator is unavailable, because
    /// librdkafka 2.0.2 by itself drops a partition whose committed offset it could not read.
    func position(_ ids: [TopicPartition]) {
        do throws(KafkaError) {
            begin(try starts(of: ids))
            try commitUnconfirmed()
        } catch {
            retryLater(error)
        }
    }

    private func retryLater(_ error: KafkaError) {
        retryAt = .now + Self.retryPause
        report(error)
    }

    /// The group's committed offsets; the beginning where there is none.
    private func starts(of ids: [TopicPartition]) throws(KafkaError) -> [RDOffset] {
        try client.committed(ids, deadline: .now + Self.answerTimeout).map { found in
            let known = max(found.offset, unconfirmed[found.id] ?? -1)
            return RDOffset(found.id, known >= 0 ? known : RDOffset.beginning)
        }
    }

    /// Commits offsets whose commit the coordinator refused at the end of the previous assignment (the embedded broker does so whenever
    /// a member joins), for the partitions that were assigned to this client again. Their records are not handled twice.
    private func commitUnconfirmed() throws(KafkaError) {
        guard case .reading = phase else { return }
        let again = shared.workers.withLock { workers in unconfirmed.filter { workers.partitions[$0.key]?.done == $0.value } }
        unconfirmed = [:]
        if !again.isEmpty { try client.store(again.map { RDOffset($0.key, $0.value) }) }
    }

    private func begin(_ starts: [RDOffset]) {
        let ids = starts.map(\.id)
        do throws(KafkaError) {
            // librdkafka keeps a partition paused across assignments.
            if !ids.isEmpty { try client.resume(ids) }
            try client.assign(starts)
        } catch {
            return retryLater(error)
        }
        shared.workers.withLock { $0.add(starts) }
        intake.begin(starts)
        phase = .reading(lost: [:])
        shared.report(.assigned(ids.sorted()))
        reportMissingOffsets(starts)
    }

    private func reportMissingOffsets(_ starts: [RDOffset]) {
        guard options.group != nil else { return }
        for start in starts where start.offset < 0 { reportPositionLoss(start.id, .noCommittedOffset) }
    }

    /// Reassigns all partitions at their positions, and those whose next record the log has deleted at the earliest record. After this
    /// error librdkafka needs a new assignment of the partition, and with eager rebalancing of all partitions.
    func reposition(_ lost: [TopicPartition: Int64]) {
        do throws(KafkaError) {
            let earliest = try knownOffsets(Array(lost.keys), RDOffset.beginning)
            for start in earliest { intake.move(start.id, to: start.offset) }
            try client.assign(intake.positions)
            for start in earliest {
                // A negative offset means that the lookup of the beginning failed; that loss was reported before.
                guard let asked = lost[start.id], asked >= 0 else { continue }
                reportPositionLoss(start.id, .evicted(committed: asked, earliest: start.offset))
            }
            phase = .reading(lost: [:])
        } catch {
            retryLater(error)
        }
    }

    private func knownOffsets(_ ids: [TopicPartition], _ bound: Int64) throws(KafkaError) -> [RDOffset] {
        let found = try client.listOffsets(ids, bound, deadline: .now + Self.answerTimeout)
        guard let failed = found.first(where: { $0.errorCode != 0 || $0.offset < 0 }) else { return found }
        throw KafkaError(
            code: failed.errorCode, "the \(bound == RDOffset.end ? "end" : "first") offset of \(failed.id) is not known yet")
    }

    private func reportPositionLoss(_ id: TopicPartition, _ reason: KafkaConsumerEvent.PositionLoss) {
        shared.metrics.countPositionLost(id)
        shared.report(.positionLost(topic: id.topic, partition: id.partition, reason: reason))
    }

    /// The group revokes the partitions: no more batches are delivered, and running batches may still complete for a while.
    func beginDrain() {
        guard case .reading = phase else { return endDrain() }
        shared.workers.withLock { $0.beginDrain() }
        // After a lost assignment no commit is possible: waiting would only delay the other members.
        phase = .draining(until: client.isAssignmentLost ? .now : .now + options.drainDeadline)
    }

    func endDrain() {
        storeDone()
        if case .draining = phase, !client.isAssignmentLost { commit(by: .now + Self.answerTimeout) }
        do { try client.assign(nil) } catch { report(error) }
        forgetAssignment()
    }

    func commit(by deadline: ContinuousClock.Instant) {
        guard options.group != nil else { return }
        do {
            try client.commitStored(deadline: deadline)
        } catch {
            report(error)
            unconfirmed = shared.workers.withLock { $0.partitions.compactMapValues(\.done) }
        }
    }

    func forgetAssignment() {
        let ids = intake.ids
        phase = .none
        intake.end()
        let positions = shared.workers.withLock { workers in
            defer { workers.removeAll() }
            // Records that were fetched and not completed are read again.
            return workers.partitions.map { RDOffset($0.key, $0.value.done ?? RDOffset.beginning) }
        }
        if !positions.isEmpty { lastPositions = positions }
        shared.metrics.forget(ids)
        if !ids.isEmpty { shared.report(.revoked(ids.sorted())) }
    }

    // MARK: Modes without group membership

    /// Assigns all partitions of the topics: at the group's committed offsets, or in mode `tail` at the previous client's positions or
    /// the ends of the logs.
    func assignAll() {
        do throws(KafkaError) {
            let ids = try client.partitions(of: options.topics, deadline: .now + Self.answerTimeout)
            if options.group == nil { try beginTail(ids) } else { beginAssignment(ids) }
        } catch {
            retryLater(error)
        }
    }

    private func beginTail(_ ids: [TopicPartition]) throws(KafkaError) {
        let ends = try knownOffsets(ids, RDOffset.end)
        let before = Dictionary(lastPositions.map { ($0.id, $0.offset) }) { first, _ in first }
        begin(ends.map { RDOffset($0.id, before[$0.id] ?? $0.offset) })
        if case .reading = phase { shared.setTailing() }
    }

    /// Adds partitions that were created later: at the group's committed offsets, or in mode `tail` from their beginning, because all
    /// their records were sent after `start`.
    func add(_ found: Set<TopicPartition>) {
        let known = Set(intake.ids)
        let ids = found.filter { !known.contains($0) }.sorted()
        guard !ids.isEmpty else { return }
        let fresh: [RDOffset]
        do throws(KafkaError) {
            fresh = options.group == nil ? ids.map { RDOffset($0, RDOffset.beginning) } : try starts(of: ids)
            try client.assign(intake.positions + fresh)
        } catch {
            // The next discovery finds them again.
            return report(error)
        }
        shared.workers.withLock { $0.add(fresh) }
        intake.add(fresh)
        shared.report(.assigned(ids))
        reportMissingOffsets(fresh)
    }
}
