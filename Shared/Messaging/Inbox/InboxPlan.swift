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

/// What the database knew about a batch's messages when it began.
struct InboxMemory<Rows: WorkingRows>: Sendable {
    /// Keys with something set aside, and how many rows are kept under each.
    var blocked: [RawKey: Int] = [:]
    /// Those of the batch's messages that are kept under a blocked key already, by their ids.
    var aside: [RawKey: Set<UUID>] = [:]
    /// How many records without a key are set aside, by topic.
    var keyless: [String: Int] = [:]
    /// Commands answered before, with their stored answers.
    var answered: [UUID: [UInt8]] = [:]
    /// The last version applied of each stream.
    var versions: [EventStream: Int64] = [:]
    /// Events that came too early, by version.
    var held: [EventStream: [Int64: Incoming<Rows>]] = [:]
}

/// What is to be done with each message of a batch, in order. A pure function of the batch and the memory.
struct InboxPlan<Rows: WorkingRows>: Sendable {
    enum Step: Sendable {
        /// Decide it. Comes at most once for every command id and every version of a stream.
        case act(Incoming<Rows>)
        /// Give the stored answer again.
        case answerAgain(Incoming<Rows>, outcome: [UInt8])
        /// Keep it until its predecessors have come.
        case hold(Incoming<Rows>)
        /// Keep it behind what is set aside under its key.
        case queueBehindParked(Incoming<Rows>)
        /// Set it aside.
        case park(Incoming<Rows>)
        /// Its key has as many rows as are allowed. Note from where its producer is to be asked for it again.
        case drop(Incoming<Rows>)
    }

    private(set) var steps: [Step] = []
    /// The last version of each stream after the plan, where it changed.
    private(set) var advanced: [EventStream: Int64] = [:]
    /// Those of them that had no version yet.
    private(set) var begun: Set<EventStream> = []
    /// Held events that the plan takes up.
    private(set) var released: [(EventStream, Int64)] = []
    /// How many messages had been seen before.
    private(set) var duplicates = 0
    /// How many commands are refused because their key has as many rows as are allowed.
    private(set) var refusedAtBound: [RawKey: Int] = [:]

    private var memory: InboxMemory<Rows>
    private var takenCommands: Set<UUID> = []
    /// Whether the batch was held for predecessors that come no more: it is taken up over the gap.
    private let isOverdue: Bool
    private let rowsAKeyAtMost: Int

    init(_ batch: [Incoming<Rows>], memory: InboxMemory<Rows>, rowsAKeyAtMost: Int = .max, isOverdue: Bool = false) {
        self.memory = memory
        self.rowsAKeyAtMost = rowsAKeyAtMost
        self.isOverdue = isOverdue
        for incoming in batch {
            if isOverdue { letGo(incoming) }
            plan(incoming)
        }
    }

    private mutating func letGo(_ incoming: Incoming<Rows>) {
        guard let (stream, version) = incoming.streamVersion else { return }
        if memory.held[stream]?.removeValue(forKey: version) != nil { released.append((stream, version)) }
    }

    private mutating func plan(_ incoming: Incoming<Rows>) {
        let key = RawKey(incoming.record)
        if isOldEvent(incoming) {
            duplicates += 1
        } else if let rows = memory.blocked[key], incoming.hasOrder {
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
        guard key.isKeyless else {
            memory.blocked[key, default: 0] += 1
            note(key, incoming)
            return steps.append(.park(incoming))
        }
        let rows = memory.keyless[key.topic, default: 0]
        guard rows < rowsAKeyAtMost else { return steps.append(.drop(incoming)) }
        memory.keyless[key.topic] = rows + 1
        steps.append(.park(incoming))
    }

    /// What comes behind something that is set aside is kept behind it, up to a bound. Beyond it a command that somebody waits for is
    /// refused; what nobody waits for is dropped, and asked for again when the key is let go.
    private mutating func planBehind(_ key: RawKey, _ rows: Int, _ incoming: Incoming<Rows>) {
        let id = incoming.envelope?.id
        if incoming.kind == .command, let id, let outcome = memory.answered[id] {
            duplicates += 1
            steps.append(.answerAgain(incoming, outcome: outcome))
        } else if let id, memory.aside[key]?.contains(id) == true {
            duplicates += 1
        } else if rows < rowsAKeyAtMost {
            memory.blocked[key] = rows + 1
            note(key, incoming)
            steps.append(.queueBehindParked(incoming))
        } else if incoming.kind == .command, incoming.isAnswered {
            if id.map(takenCommands.contains) != true { refusedAtBound[key, default: 0] += 1 }
            planCommand(incoming.refused(PlatformRule.earlierMessageSetAside.refusal().comparing("waiting", rows, .count)))
        } else {
            steps.append(.drop(incoming))
        }
    }

    private mutating func note(_ key: RawKey, _ incoming: Incoming<Rows>) {
        if let id = incoming.envelope?.id { memory.aside[key, default: []].insert(id) }
    }

    private mutating func planCommand(_ incoming: Incoming<Rows>) {
        guard let id = incoming.envelope?.id else { return park(incoming) }
        if let outcome = memory.answered[id] {
            duplicates += 1
            steps.append(.answerAgain(incoming, outcome: outcome))
        } else if takenCommands.insert(id).inserted {
            steps.append(.act(incoming))
        } else {
            duplicates += 1
        }
    }

    private mutating func planEvent(_ incoming: Incoming<Rows>) {
        guard let (stream, version) = incoming.streamVersion else { return park(incoming) }
        let last = memory.versions[stream] ?? 0
        if version == last + 1 || isOverdue {
            apply(incoming, stream, version)
            takeUpHeld(stream)
        } else if memory.held[stream]?[version] == nil {
            memory.held[stream, default: [:]][version] = incoming
            steps.append(.hold(incoming))
        } else {
            duplicates += 1
        }
    }

    private mutating func apply(_ incoming: Incoming<Rows>, _ stream: EventStream, _ version: Int64) {
        if memory.versions.updateValue(version, forKey: stream) == nil { begun.insert(stream) }
        advanced[stream] = version
        steps.append(.act(incoming))
    }

    /// What was held for the version that has just come. One that cannot be read after all is set aside where it stands,
    /// and the rest stays held behind it.
    private mutating func takeUpHeld(_ stream: EventStream) {
        while let last = memory.versions[stream], let next = memory.held[stream]?.removeValue(forKey: last + 1) {
            released.append((stream, last + 1))
            if case .unreadable = next.content { return park(next) }
            apply(next, stream, last + 1)
        }
    }

    private func isOldEvent(_ incoming: Incoming<Rows>) -> Bool {
        guard let (stream, version) = incoming.streamVersion else { return false }
        return version <= (memory.versions[stream] ?? 0)
    }
}

extension Incoming {
    /// The stream and version of an event, readable or not; nil for what is no event.
    var streamVersion: (stream: EventStream, version: Int64)? {
        guard let standing, let key = standing.key, let version = standing.version else { return nil }
        return (EventStream(source: standing.source, topic: record.topic, key: key), version)
    }
}
