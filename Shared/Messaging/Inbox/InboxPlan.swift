import Foundation
import Kafka
import Kernel
import Messages

/// The stream of events of one key from one service.
struct EventStream: Sendable, Hashable, Comparable {
    let source: String
    let topic: String
    let key: String

    static func < (a: EventStream, b: EventStream) -> Bool { (a.source, a.topic, a.key) < (b.source, b.topic, b.key) }
}

/// The stored state of a batch's keys and messages before the batch.
struct InboxState<Rows: UnitOfWork>: Sendable {
    /// The parked keys, and how many rows are stored under each.
    var blocked: [RawKey: Int] = [:]
    /// The ids of the batch's messages that are already stored under a parked key.
    var parkedIDs: [RawKey: Set<UUID>] = [:]
    /// The stored answers of commands answered before.
    var answered: [UUID: [UInt8]] = [:]
    /// The handled commands whose answer is deferred.
    var deferred: Set<UUID> = []
    /// The last applied version of each stream.
    var versions: [EventStream: Int64] = [:]
    /// The held events of each stream, by version.
    var held: [EventStream: [Int64: Incoming<Rows>]] = [:]
}

/// What to do with each message of a batch, in order. A pure function of the batch and the state.
struct InboxPlan<Rows: UnitOfWork>: Sendable {
    enum Step: Sendable {
        /// Decide the message. At most once for each command id and each version of a stream.
        case act(Incoming<Rows>)
        /// Send the stored answer again.
        case answerAgain(Incoming<Rows>, outcome: [UInt8])
        /// Hold the event until its predecessors have been applied.
        case hold(Incoming<Rows>)
        /// Store the message behind the parked head of its key.
        case queueBehindParked(Incoming<Rows>)
        /// Park the message as the head of its key.
        case park(Incoming<Rows>)
        /// Drop the message because its key is at its bound, and record from which number it must be requested again.
        case drop(Incoming<Rows>)
    }

    private(set) var steps: [Step] = []
    /// The last version of each stream that the plan changes.
    private(set) var advanced: [EventStream: Int64] = [:]
    /// Those of them that had no version before.
    private(set) var begun: Set<EventStream> = []
    /// The held events that the plan applies or parks.
    private(set) var released: [(EventStream, Int64)] = []
    /// The number of duplicates.
    private(set) var duplicates = 0
    /// The number of commands refused because their key is at its bound.
    private(set) var refusedAtBound: [RawKey: Int] = [:]

    private var state: InboxState<Rows>
    private var plannedCommands: Set<UUID> = []
    /// Whether the batch consists of held events whose predecessors were skipped: they are applied despite the gap.
    private let isOverdue: Bool
    private let rowsPerKeyAtMost: Int

    init(_ batch: [Incoming<Rows>], state: InboxState<Rows>, rowsPerKeyAtMost: Int = .max, isOverdue: Bool = false) {
        self.state = state
        self.rowsPerKeyAtMost = rowsPerKeyAtMost
        self.isOverdue = isOverdue
        for incoming in batch {
            if isOverdue { release(incoming) }
            plan(incoming)
        }
    }

    private mutating func release(_ incoming: Incoming<Rows>) {
        guard let (stream, version) = incoming.streamVersion else { return }
        if state.held[stream]?.removeValue(forKey: version) != nil { released.append((stream, version)) }
    }

    private mutating func plan(_ incoming: Incoming<Rows>) {
        let key = RawKey(incoming.record)
        if isOldEvent(incoming) {
            duplicates += 1
        } else if let rows = state.blocked[key], incoming.hasOrder {
            planBehind(key, rows, incoming)
        } else if case .unreadable = incoming.content {
            park(incoming)
        } else {
            switch incoming.kind {
            case .note: steps.append(.act(incoming))
            case .command: planCommand(incoming)
            case .event: planEvent(incoming)
            }
        }
    }

    private mutating func park(_ incoming: Incoming<Rows>) {
        let key = RawKey(incoming.record)
        state.blocked[key, default: 0] += 1
        note(key, incoming)
        steps.append(.park(incoming))
    }

    /// A message of a parked key is stored behind the head, up to a bound. Beyond it a command whose sender waits for an answer is refused;
    /// other messages are dropped, and requested again when the key is released.
    private mutating func planBehind(_ key: RawKey, _ rows: Int, _ incoming: Incoming<Rows>) {
        let id = incoming.envelope?.id
        if incoming.kind == .command, let id, let outcome = state.answered[id] {
            duplicates += 1
            steps.append(.answerAgain(incoming, outcome: outcome))
        } else if let id, state.parkedIDs[key]?.contains(id) == true || incoming.kind == .command && state.deferred.contains(id) {
            duplicates += 1
        } else if rows < rowsPerKeyAtMost {
            state.blocked[key] = rows + 1
            note(key, incoming)
            steps.append(.queueBehindParked(incoming))
        } else if incoming.kind == .command, incoming.isAnswered {
            if id.map(plannedCommands.contains) != true { refusedAtBound[key, default: 0] += 1 }
            planCommand(incoming.refused(PlatformRule.earlierMessageSetAside.refusal().comparing("waiting", rows, .count)))
        } else {
            steps.append(.drop(incoming))
        }
    }

    private mutating func note(_ key: RawKey, _ incoming: Incoming<Rows>) {
        if let id = incoming.envelope?.id { state.parkedIDs[key, default: []].insert(id) }
    }

    private mutating func planCommand(_ incoming: Incoming<Rows>) {
        guard let id = incoming.envelope?.id else { return park(incoming) }
        if let outcome = state.answered[id] {
            duplicates += 1
            steps.append(.answerAgain(incoming, outcome: outcome))
        } else if !state.deferred.contains(id), plannedCommands.insert(id).inserted {
            steps.append(.act(incoming))
        } else {
            duplicates += 1
        }
    }

    private mutating func planEvent(_ incoming: Incoming<Rows>) {
        guard let (stream, version) = incoming.streamVersion else { return park(incoming) }
        let last = state.versions[stream] ?? 0
        if version == last + 1 || isOverdue {
            apply(incoming, stream, version)
            applyHeld(stream)
        } else if state.held[stream]?[version] == nil {
            state.held[stream, default: [:]][version] = incoming
            steps.append(.hold(incoming))
        } else {
            duplicates += 1
        }
    }

    private mutating func apply(_ incoming: Incoming<Rows>, _ stream: EventStream, _ version: Int64) {
        if state.versions.updateValue(version, forKey: stream) == nil { begun.insert(stream) }
        advanced[stream] = version
        steps.append(.act(incoming))
    }

    /// Applies held events that follow the stream's last version. An event that cannot be read is parked, and the rest stays held.
    private mutating func applyHeld(_ stream: EventStream) {
        while let last = state.versions[stream], let next = state.held[stream]?.removeValue(forKey: last + 1) {
            released.append((stream, last + 1))
            if case .unreadable = next.content { return park(next) }
            apply(next, stream, last + 1)
        }
    }

    private func isOldEvent(_ incoming: Incoming<Rows>) -> Bool {
        guard let (stream, version) = incoming.streamVersion else { return false }
        return version <= (state.versions[stream] ?? 0)
    }
}
