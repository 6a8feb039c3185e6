extension KafkaConsumerOptions {
    /// librdkafka's properties.
    func properties(_ configuration: KafkaConfiguration) -> RDProperties {
        let session = sessionTimeout.milliseconds
        let defaults = [
            "session.timeout.ms": String(session),
            "heartbeat.interval.ms": String(min(3000, max(50, session / 10))),
            // Also the time after which librdkafka repeats an unanswered JoinGroup request; its default is five minutes.
            "max.poll.interval.ms": String(max(rebalanceDeadline.milliseconds, session)),
            // After this an unanswered request fails and the connection is reopened.
            "socket.timeout.ms": "30000",
            "fetch.wait.max.ms": String(fetchWait.milliseconds),
            "fetch.error.backoff.ms": "100",
            // This module has its own, smaller limit. When librdkafka reaches its limit it stops fetching and checks again a second later.
            "queued.min.messages": "100000",
            "queued.max.messages.kbytes": "65536",
            // Not a limit for one record: a record larger than Quan accepts must be read to be refused.
            "fetch.message.max.bytes": String(1 << 20),
            "topic.metadata.refresh.interval.ms": String(refreshInterval.milliseconds),
            "reconnect.backoff.ms": "50",
            "reconnect.backoff.max.ms": "2000",
            "socket.keepalive.enable": "true",
            "socket.nagle.disable": "true",
        ]
        let fixed = [
            // librdkafka needs a group.id to assign partitions; in mode `tail` no consumer joins it or commits to it.
            "group.id": group ?? "\(configuration.clientID)-tail",
            // The cooperative rebalancing of librdkafka 2.0.2 loses partitions.
            "partition.assignment.strategy": "range,roundrobin",
            "enable.auto.offset.store": "false",
            "enable.auto.commit": group == nil ? "false" : "true",
            "auto.commit.interval.ms": String(commitInterval.milliseconds),
            // Lost records are reported, never skipped silently.
            "auto.offset.reset": "error",
            "enable.partition.eof": "false",
        ]
        return RDProperties(configuration, defaults: defaults, fixed: fixed)
    }

    /// The group whose offsets are read and committed; nil in mode `tail`.
    var group: String? {
        switch mode {
        case .group(let name), .assigned(let name): name
        case .tail: nil
        }
    }

    /// Whether the consumer joins the group; in the other modes it reads all partitions.
    var isMember: Bool {
        if case .group = mode { return true }
        return false
    }
}
