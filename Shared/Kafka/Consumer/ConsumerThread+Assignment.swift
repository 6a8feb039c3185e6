import Synchronization

/// How partitions come and go.
extension ConsumerThread {
    /// These partitions are this client's: first where to start is asked for.
    func take(_ ids: [TopicPartition]) {
        retryAt = .now
        phase = .positioning(ids)
        if ids.isEmpty { begin([]) }
    }

    /// Reads the committed offsets and begins. The coordinator may be away: then it is asked again, for as long as it takes, since
    /// librdkafka 2.0.2 left to itself drops a partition whose committed offset it could not read.
    func position(_ ids: [TopicPartition]) {
        do throws(KafkaError) {
            begin(try starts(of: ids))
            try confirmLate()
        } catch {
            retryAt = .now + Self.retryPause
            report(error)
        }
    }

    /// Where the group's committed offsets say, or the beginning.
    private func starts(of ids: [TopicPartition]) throws(KafkaError) -> [RDOffset] {
        try client.committed(ids, deadline: .now + Self.answerTimeout).map { found in
            let known = max(found.offset, unconfirmed[found.id] ?? -1)
            return RDOffset(found.id, known >= 0 ? known : RDOffset.beginning)
        }
    }

    /// A coordinator may refuse the commit at the end of an assignment (the embedded broker does whenever a member joins). What comes
    /// back to this client is not done again, and is committed now.
    private func confirmLate() throws(KafkaError) {
        guard case .reading = phase else { return }
        let again = shared.lanes.withLock { lanes in unconfirmed.filter { lanes.partitions[$0.key]?.done == $0.value } }
        unconfirmed = [:]
        if !again.isEmpty { try client.store(again.map { RDOffset($0.key, $0.value) }) }
    }

    private func begin(_ starts: [RDOffset]) {
        let ids = starts.map(\.id)
        do throws(KafkaError) {
            // A pause outlives the assignment it was made in.
            if !ids.isEmpty { try client.resume(ids) }
            try client.assign(starts)
        } catch {
            retryAt = .now + Self.retryPause
            return report(error)
        }
        lost = [:]
        shared.lanes.withLock { $0.add(starts) }
        intake.begin(starts)
        phase = .reading
        shared.tell(.assigned(ids.sorted()))
        tellUncommitted(starts)
    }

    private func tellUncommitted(_ starts: [RDOffset]) {
        guard options.group != nil else { return }
        for start in starts where start.offset < 0 { tellLost(start.id, .noCommittedOffset) }
    }

    /// Goes on where each partition stands, and at the earliest record where the log lost what comes next. librdkafka lets a
    /// partition that met this error only be assigned anew, and in an eager group only all at once.
    func reposition() {
        do throws(KafkaError) {
            let ids = Array(lost.keys)
            let earliest = try client.edges(ids, RDOffset.beginning, deadline: .now + Self.answerTimeout)
            if let failed = earliest.first(where: { $0.errorCode != 0 || $0.offset < 0 }) {
                throw KafkaError(code: failed.errorCode, "where the log of \(failed.id) begins is not known yet")
            }
            for start in earliest { intake.move(start.id, to: start.offset) }
            try client.assign(intake.positions)
            for start in earliest {
                // A negative offset is the search for the beginning itself, which failed; its loss was told before.
                guard let asked = lost[start.id], asked >= 0 else { continue }
                tellLost(start.id, .evicted(committed: asked, earliest: start.offset))
            }
            lost = [:]
        } catch {
            retryAt = .now + Self.retryPause
            report(error)
        }
    }

    private func tellLost(_ id: TopicPartition, _ reason: KafkaConsumerEvent.PositionLoss) {
        shared.metrics.countPositionLost(id)
        shared.tell(.positionLost(topic: id.topic, partition: id.partition, reason: reason))
    }

    /// The group takes the partitions away: nothing more is given out, and what is out may be done for a while.
    func beginDrain() {
        guard case .reading = phase else { return endDrain() }
        shared.lanes.withLock { $0.beginDrain() }
        // Who lost its partitions without being asked can commit nothing: waiting would only hold up the others.
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
            unconfirmed = shared.lanes.withLock { $0.partitions.compactMapValues(\.done) }
        }
    }

    func forgetAssignment() {
        let ids = intake.ids
        phase = .none
        lost = [:]
        intake.end()
        let places = shared.lanes.withLock { lanes in
            defer { lanes.removeAll() }
            // What was read and not done is read again.
            return lanes.partitions.map { RDOffset($0.key, $0.value.done ?? RDOffset.beginning) }
        }
        if !places.isEmpty { stood = places }
        shared.metrics.forget(ids)
        if !ids.isEmpty { shared.tell(.revoked(ids.sorted())) }
    }

    // MARK: Without a group's members

    /// Takes all partitions there are: where the group's committed offsets say, or from their ends or where the client before this
    /// one stood.
    func takeAll(_ stood: [RDOffset]) {
        do throws(KafkaError) {
            let ids = try client.partitions(of: options.topics, deadline: .now + Self.answerTimeout)
            if options.group == nil { try beginTail(ids, stood) } else { take(ids) }
        } catch {
            retryAt = .now + Self.retryPause
            report(error)
        }
    }

    private func beginTail(_ ids: [TopicPartition], _ stood: [RDOffset]) throws(KafkaError) {
        let ends = try client.edges(ids, RDOffset.end, deadline: .now + Self.answerTimeout)
        if let failed = ends.first(where: { $0.errorCode != 0 || $0.offset < 0 }) {
            throw KafkaError(code: failed.errorCode, "where \(failed.id) ends is not known yet")
        }
        let before = Dictionary(stood.map { ($0.id, $0.offset) }) { first, _ in first }
        begin(ends.map { RDOffset($0.id, before[$0.id] ?? $0.offset) })
        if case .reading = phase { shared.setTailing() }
    }

    /// Takes partitions that came since: where the group's committed offsets say, else from their beginning, since all that they hold
    /// was sent after `start`.
    func add(_ found: Set<TopicPartition>) {
        let known = Set(intake.ids)
        let ids = found.filter { !known.contains($0) }.sorted()
        guard !ids.isEmpty else { return }
        let fresh: [RDOffset]
        do throws(KafkaError) {
            fresh = options.group == nil ? ids.map { RDOffset($0, RDOffset.beginning) } : try starts(of: ids)
            try client.assign(intake.positions + fresh)
        } catch {
            // They are found again at the next look.
            return report(error)
        }
        shared.lanes.withLock { $0.add(fresh) }
        intake.add(fresh)
        shared.tell(.assigned(ids))
        tellUncommitted(fresh)
    }
}
