/// How a consumer behaves. The defaults suit the embedded broker and a real one.
public struct KafkaConsumerOptions: Sendable {
    /// Who shares the partitions, and where reading starts.
    public enum Mode: Sendable, Hashable {
        /// The members of the group share the partitions; reading starts where the group's committed offset says.
        case group(String)
        /// All partitions of the topics for this consumer alone, where the group's committed offset says, without joining the group:
        /// it begins at once, and who takes over from one that was killed waits for nobody's session. Of two such consumers each reads
        /// everything. Brokers take its commits as long as the group has no members.
        case alone(String)
        /// All partitions of the topics for this consumer alone, from their end at `start`; nothing is committed. For replies.
        case tail
    }

    /// Who shares the partitions, and where reading starts.
    public var mode: Mode

    /// The topics.
    public var topics: [String]

    /// How many handlers work side by side: a partition belongs to lane `partition % lanes`, in every topic. Default 1.
    public var lanes: Int

    /// How many records of a partition may wait to be taken: the partition is paused at this depth and resumed at half of it.
    /// Default 2000.
    public var depthRecords: Int

    /// As `depthRecords`, in bytes of keys and values; the last record may pass it. Default 16 MiB.
    public var depthBytes: Int

    /// How long a member may be silent before its partitions are given to others. Default 6 s: the least a real broker takes. A
    /// rebalance on the embedded broker takes a second less than this, and with 3 s or less nobody ever joins there.
    public var sessionTimeout: Duration

    /// How long the broker may hold an answer back when there is nothing to read. Default 10 ms: the embedded broker sleeps all of
    /// it, and a real one is asked a hundred times a second for each idle leader.
    public var fetchWait: Duration

    /// How often what is done is committed. Default 500 ms. It is committed too, and confirmed, when partitions are let go.
    public var commitInterval: Duration

    /// How long partitions that the group takes away are held for the batch that is out. Default 3 s, less than `sessionTimeout`.
    public var drainDeadline: Duration

    /// How long members may take to let their partitions go and join again. librdkafka asks once more when it has had no answer for
    /// this long, and a client without an assignment for this long and a session, while the brokers answer, is made anew. Default
    /// 30 s; more than `drainDeadline` and `sessionTimeout`.
    public var rebalanceDeadline: Duration

    /// How long nothing may come of a partition whose log goes on before it is assigned anew where it stands; after twice as long
    /// the client is made anew. It is looked at every `metricsInterval`. Default 20 s.
    public var stallDeadline: Duration

    /// How long a batch may be out before `KafkaConsumerEvent.stuck` tells of it, again each time it passes. Default 60 s.
    public var handlerDeadline: Duration

    /// How long `start` waits for the topics' ends in mode `tail`. Default 10 s.
    public var startDeadline: Duration

    /// How often new partitions are looked for. Default 5 s.
    public var refreshInterval: Duration

    /// How often lag and progress go to the metrics. Default 5 s.
    public var metricsInterval: Duration

    /// - Parameters:
    ///   - mode: who shares the partitions, and where reading starts
    ///   - topics: the topics
    ///   - lanes: how many handlers work side by side
    ///   - depthRecords: how many records of a partition may wait to be taken
    ///   - depthBytes: how many bytes of a partition may wait to be taken
    ///   - sessionTimeout: how long a member may be silent
    ///   - fetchWait: how long the broker may hold back an empty answer
    ///   - commitInterval: how often what is done is committed
    ///   - drainDeadline: how long partitions taken away are held for the batch that is out
    ///   - rebalanceDeadline: how long members may take to join again
    ///   - stallDeadline: how long nothing may come of a partition whose log goes on
    ///   - handlerDeadline: how long a batch may be out before the watchdog tells
    ///   - startDeadline: how long `start` waits in mode `tail`
    ///   - refreshInterval: how often new partitions are looked for
    ///   - metricsInterval: how often lag and progress go to the metrics
    public init(
        mode: Mode, topics: [String], lanes: Int = 1, depthRecords: Int = 2000, depthBytes: Int = 16 << 20,
        sessionTimeout: Duration = .seconds(6), fetchWait: Duration = .milliseconds(10), commitInterval: Duration = .milliseconds(500),
        drainDeadline: Duration = .seconds(3), rebalanceDeadline: Duration = .seconds(30), stallDeadline: Duration = .seconds(20),
        handlerDeadline: Duration = .seconds(60), startDeadline: Duration = .seconds(10), refreshInterval: Duration = .seconds(5),
        metricsInterval: Duration = .seconds(5)
    ) {
        self.mode = mode
        self.topics = topics
        self.lanes = max(1, lanes)
        self.depthRecords = max(1, depthRecords)
        self.depthBytes = max(1, depthBytes)
        self.sessionTimeout = sessionTimeout
        self.fetchWait = fetchWait
        self.commitInterval = max(commitInterval, .milliseconds(10))
        self.drainDeadline = drainDeadline
        self.rebalanceDeadline = max(rebalanceDeadline, sessionTimeout + .seconds(1))
        self.stallDeadline = max(stallDeadline, .seconds(1))
        self.handlerDeadline = handlerDeadline
        self.startDeadline = startDeadline
        self.refreshInterval = max(refreshInterval, .milliseconds(100))
        self.metricsInterval = max(metricsInterval, .milliseconds(100))
    }
}
