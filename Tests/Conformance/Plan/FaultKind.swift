import Messaging

/// What can go wrong, by kind.
enum FaultKind: Hashable, Sendable {
    /// A process dies where it has reached this point.
    case killed(at: FaultPoint)
    /// A process is killed at any moment.
    case instanceKilled
    /// One more consumer joins its group.
    case instanceJoins
    /// A consumer leaves its group in order.
    case instanceLeaves
    /// One more relay shares a service's shards.
    case relayAdded
    /// A relay that has published is killed, its leases in hand.
    case relayKilled
    /// One session of the database is ended.
    case backendKilled
    /// One session's process is killed, whereupon PostgreSQL drops all sessions and recovers.
    case backendCrashed
    /// PostgreSQL is restarted in order.
    case serverRestarted
    /// PostgreSQL stops as if the power failed, and is started again.
    case serverCrashed
    /// A broker, or all of them, is away for a while.
    case brokerDown
    /// Partitions change their leader, and requests are refused because of it.
    case notLeader
    /// A broker answers late.
    case slowBroker
    /// A service comes back to a log that has dropped what it did not read.
    case logEvicted
    /// The brokers come back with nothing at all, not even committed offsets.
    case logWiped

    static let all: [FaultKind] =
        FaultPoint.allCases.map { .killed(at: $0) } + [
            .instanceKilled, .instanceJoins, .instanceLeaves, .relayAdded, .relayKilled, .backendKilled, .backendCrashed, .serverRestarted,
            .serverCrashed, .brokerDown, .notLeader, .slowBroker, .logEvicted, .logWiped,
        ]

    /// What is struck. Faults on different targets strike together.
    enum Target: Hashable, Sendable { case processes, database, broker, everything }

    var target: Target {
        switch self {
        case .killed, .instanceKilled, .instanceJoins, .instanceLeaves, .relayAdded, .relayKilled: .processes
        case .backendKilled, .backendCrashed, .serverRestarted, .serverCrashed: .database
        case .brokerDown, .notLeader, .slowBroker: .broker
        case .logEvicted, .logWiped: .everything
        }
    }

    /// Whether it takes the embedded broker's hand: nobody takes a real cluster's brokers down from here.
    var needsEmbeddedBroker: Bool {
        switch self {
        case .brokerDown, .notLeader, .slowBroker, .logWiped: true
        default: false
        }
    }

    /// How often it comes in a plan, against the others.
    var weight: Int {
        switch self {
        case .killed: 22
        case .instanceKilled, .instanceJoins, .instanceLeaves: 24
        case .relayAdded, .relayKilled: 20
        case .backendKilled, .notLeader: 50
        case .brokerDown, .slowBroker: 44
        case .backendCrashed, .serverRestarted, .serverCrashed, .logEvicted: 12
        case .logWiped: 8
        }
    }

    var name: String {
        switch self {
        case .killed(let point): "killed at \(point.rawValue)"
        case .instanceKilled: "instance killed"
        case .instanceJoins: "instance joins"
        case .instanceLeaves: "instance leaves"
        case .relayAdded: "relay added"
        case .relayKilled: "relay killed"
        case .backendKilled: "database session ended"
        case .backendCrashed: "database session crashed"
        case .serverRestarted: "database restarted"
        case .serverCrashed: "database crashed"
        case .brokerDown: "broker down"
        case .notLeader: "not the leader"
        case .slowBroker: "slow broker"
        case .logEvicted: "log evicted"
        case .logWiped: "log wiped"
        }
    }
}
