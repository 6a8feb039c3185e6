extension KafkaConsumerOptions {
    /// What librdkafka is told.
    func properties(_ configuration: KafkaConfiguration) -> RDProperties {
        let session = sessionTimeout.milliseconds
        let defaults = [
            "session.timeout.ms": String(session),
            "heartbeat.interval.ms": String(min(3000, max(50, session / 10))),
            // Also how long librdkafka waits for the answer to its request to join before it asks again: by itself five minutes.
            "max.poll.interval.ms": String(max(rebalanceDeadline.milliseconds, session)),
            // An answer that got lost is waited for no longer, and the connection made anew.
            "socket.timeout.ms": "30000",
            "fetch.wait.max.ms": String(fetchWait.milliseconds),
            "fetch.error.backoff.ms": "100",
            // This module holds its own, smaller depth. Below librdkafka's it would stop fetching and look again a second later.
            "queued.min.messages": "100000",
            "queued.max.messages.kbytes": "65536",
            // No limit for one record: what is larger than Quan takes must be read to be refused.
            "fetch.message.max.bytes": String(1 << 20),
            "topic.metadata.refresh.interval.ms": String(refreshInterval.milliseconds),
            "reconnect.backoff.ms": "50",
            "reconnect.backoff.max.ms": "2000",
            "socket.keepalive.enable": "true",
            "socket.nagle.disable": "true",
        ]
        let fixed = [
            // A group that only housekeeps: librdkafka assigns partitions by way of one, which here nobody joins or commits to.
            "group.id": group ?? "\(configuration.clientID)-tail",
            // 2.0.2's cooperative rebalancing loses partitions.
            "partition.assignment.strategy": "range,roundrobin",
            "enable.auto.offset.store": "false",
            "enable.auto.commit": group == nil ? "false" : "true",
            "auto.commit.interval.ms": String(commitInterval.milliseconds),
            // A log that lost records is told of, never skipped in silence.
            "auto.offset.reset": "error",
            "enable.partition.eof": "false",
        ]
        return RDProperties(configuration, defaults: defaults, fixed: fixed)
    }

    /// The group whose offsets are read and committed; nil in mode `tail`.
    var group: String? {
        switch mode {
        case .group(let name), .alone(let name): name
        case .tail: nil
        }
    }

    /// Whether the group gives partitions to its members; in the other modes the consumer takes all there are.
    var isMember: Bool {
        if case .group = mode { return true }
        return false
    }
}
