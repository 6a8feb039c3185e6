/// How a service's messaging behaves. The defaults suit a cluster of Kafka, and follow its guides; every one is a bound.
public struct MessagingOptions: Sendable {
    /// How many batches are worked on at once. A partition belongs to one lane.
    public var lanes = 2
    /// At most this many messages share a transaction.
    public var batchAtMost = 1000
    /// How long at least from one batch's beginning to the next one's in a lane: what comes meanwhile shares the next one. At rest nothing
    /// waits for it; under load it trades a little of each message's time for fewer transactions.
    public var pace: Duration = .zero
    /// How long a relay rests after a round.
    public var relayPace: Duration = .zero
    /// How long a relay gathers what nobody waits for, so that it goes out together: events, and commands of handlers. Answers go out at
    /// once all the same, and so does whatever comes after a while of silence.
    public var gathering: Duration = .zero
    /// A partition is paused when this many of its records wait in memory.
    public var depthAPartition = 2000
    /// How long a relay keeps its shards without renewing them. Longer than `produceTimeout` by two seconds at least.
    public var relayLease: Duration = .seconds(45)
    /// How long Kafka may take to acknowledge a record before it counts as not published: longer than a broker's session (9 s) and the
    /// election of new leaders after it.
    public var produceTimeout: Duration = .seconds(30)
    /// How long a record waits for others to travel with.
    public var linger: Duration = .milliseconds(5)
    /// How long an idle relay sleeps when nobody rings. What this process writes rings; this is for what others write.
    public var relayIdlePause: Duration = .milliseconds(20)
    /// The same where no other instance of the service is seen, so that nothing is written elsewhere.
    public var relayAlonePause: Duration = .milliseconds(250)
    /// A hole in a sequence is asked about when it has stood this long.
    public var patienceWithHoles: Duration = .seconds(1)
    /// A request to republish that was not answered is repeated after this long, and then ever more rarely.
    public var patienceWithAnswers: Duration = .seconds(5)
    /// At most this many records a shard are asked for at a time.
    public var republishAtMost = 1000
    /// At most this many messages are kept under one key with one that is set aside. Beyond it commands are refused under QUAN-28, and
    /// events are dropped, to be asked for again when the key goes on.
    public var rowsBehindParkedAtMost = 1000
    /// Published messages are kept this long, for readers that lost the log.
    public var outboxRetention: Duration = .seconds(14 * 86_400)
    /// Answered commands are remembered this long. Longer than `outboxRetention`, so that nothing can be sent again that
    /// is no longer known.
    public var inboxRetention: Duration = .seconds(28 * 86_400)
    /// How far a command's time may lie from the broker's.
    public var commandTimeBounds = CommandTimeBounds()
    /// How long a stop may take to finish batches, publish what waits and leave the group.
    public var stopDeadline: Duration = .seconds(20)
    /// How long a handler may take before it counts as stuck.
    public var handlerDeadline: Duration = .seconds(60)
    /// Whether this is the service's only instance: it takes all partitions without joining a group, and waits for no rebalance and for
    /// no dead member's session. Of two such instances both do everything; nothing is done twice, but all of it is tried twice.
    public var isAlone = false
    /// Kafka's session timeout: after this long without a sign a consumer's partitions go to others.
    public var sessionTimeout: Duration = .seconds(45)
    /// How long a broker may hold back its answer while there is nothing to read. Kafka answers as soon as something comes. The embedded
    /// broker sleeps all of it, so that there it adds to every message's way.
    public var fetchWait: Duration = .milliseconds(500)
    /// The same where somebody waits for an answer. Who is alone has one reader for everything, which takes the shorter of the two.
    public var replyFetchWait: Duration = .milliseconds(500)
    /// Whether records are compressed, on their way and at the broker.
    public var compresses = true
    /// How often other services are told how far the audit trail is sealed. What is cut off within that time does not show.
    public var auditHeadInterval: Duration = .seconds(30)
    /// Topics that do not exist are made with this many partitions. A divisor of 32 spreads keys evenly.
    public var partitionsATopic = 8
    /// And with this many copies. A service whose topics have fewer is not ready.
    public var replicationFactor = 3
    /// And Kafka takes a record only while so many copies of its partition are in step; one less than there are copies at most.
    public var minInsyncReplicas = 2

    /// The defaults.
    public init() {}

    /// What suits the embedded broker, and no cluster: it has one copy of everything, acknowledges at once, sleeps while there is nothing to
    /// read, and takes a session's length for a rebalance.
    public static let embeddedBroker: MessagingOptions = {
        var options = MessagingOptions()
        options.relayLease = .seconds(12)
        options.produceTimeout = .seconds(5)
        options.linger = .zero
        options.sessionTimeout = .seconds(6)
        options.fetchWait = .milliseconds(2)
        options.replyFetchWait = .milliseconds(2)
        options.replicationFactor = 1
        options.minInsyncReplicas = 1
        return options
    }()

    /// Mistakes in the options, empty when they fit together.
    public var problems: [String] {
        var problems: [String] = []
        if lanes < 1 { problems.append("lanes must be 1 or more") }
        if !(1...10_000).contains(batchAtMost) { problems.append("batchAtMost must be 1 to 10,000") }
        if relayLease < produceTimeout + .seconds(2) { problems.append("relayLease must exceed produceTimeout by 2 s or more") }
        if inboxRetention <= outboxRetention { problems.append("inboxRetention must exceed outboxRetention") }
        if !(1...Int(Shard.count)).contains(partitionsATopic) { problems.append("partitionsATopic must be 1 to \(Shard.count)") }
        // Kafka's client takes no less; a lease reckoned with less would end while records are under way.
        if produceTimeout < .seconds(2) { problems.append("produceTimeout must be 2 s or more") }
        if !(1...Republisher.recordsAtMost).contains(republishAtMost) {
            problems.append("republishAtMost must be 1 to \(Republisher.recordsAtMost)")
        }
        let counts = [
            ("depthAPartition", depthAPartition), ("rowsBehindParkedAtMost", rowsBehindParkedAtMost),
            ("replicationFactor", replicationFactor), ("minInsyncReplicas", minInsyncReplicas),
        ]
        problems += counts.filter { $0.1 < 1 }.map { "\($0.0) must be 1 or more" }
        let times = [
            ("relayIdlePause", relayIdlePause), ("relayAlonePause", relayAlonePause), ("patienceWithHoles", patienceWithHoles),
            ("patienceWithAnswers", patienceWithAnswers),
            ("outboxRetention", outboxRetention), ("stopDeadline", stopDeadline), ("handlerDeadline", handlerDeadline),
            ("auditHeadInterval", auditHeadInterval),
            ("sessionTimeout", sessionTimeout),
        ]
        problems += times.filter { $0.1 <= .zero }.map { "\($0.0) must be longer than nothing" }
        return problems
    }
}
