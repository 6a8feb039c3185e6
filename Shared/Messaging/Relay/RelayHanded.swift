import Messages
import Synchronization

/// Where writers leave for the relay what they have committed. Whatever finds no room is in the database all the same.
final class RelayInbox: Sendable {
    private let held = Mutex((messages: [WrittenMessage](), bytes: 0))

    init() {}

    /// Returns the shards of what found no room: there the relay has to look for it.
    func add(_ more: [WrittenMessage]) -> ShardSet {
        let bytes = more.reduce(0) { $0 + $1.draft.body.count }
        return held.withLock { held in
            guard held.messages.count + more.count <= RelayHanded.messagesAtMost, held.bytes + bytes <= RelayHanded.bytesAtMost else {
                return ShardSet(more.map(\.draft.shard))
            }
            held.messages += more
            held.bytes += bytes
            return .none
        }
    }

    /// All of them, once.
    func take() -> [WrittenMessage] {
        held.withLock { held in
            defer { held = ([], 0) }
            return held.messages
        }
    }
}

/// What was handed to a relay's worker by those who wrote it, and how far the worker has come in each topic's shard.
///
/// A message that directly follows the last one that the worker took up in its topic's shard needs no claim: that there is nothing between
/// the two is what their numbers say, whoever held the shard meanwhile. Whatever else comes, and everything in a shard where something
/// stands aside, is claimed from the database as if nobody had handed it over.
struct RelayHanded: Sendable {
    /// More than so many messages, or bytes of them, are not kept.
    static let messagesAtMost = 2000
    static let bytesAtMost = 4 << 20

    private struct Place: Hashable {
        let topic: String
        let shard: Int16
    }

    /// The number of the last message taken up, where nothing stands aside.
    private var reached: [Place: Int64] = [:]
    /// By topic and shard, as they came.
    private var waiting: [Place: [WrittenMessage]] = [:]
    private var count = 0
    private var bytes = 0

    init() {}

    var isEmpty: Bool { count == 0 }

    /// Whether something waits in other shards than these.
    func waits(outside shards: ShardSet) -> Bool { waiting.keys.contains { !shards.contains($0.shard) } }

    /// A round that was claimed begins.
    mutating func begin(_ round: RelayRound) {
        let aside = ShardSet((round.rows + round.behind).filter(\.isBesideTurn).map(\.shard))
        forget(aside)
        for row in round.rows where !aside.contains(row.shard) {
            let place = Place(topic: row.topic, shard: row.shard)
            reached[place] = max(reached[place] ?? 0, row.sequence)
        }
    }

    /// Nothing is known of these shards any more: what comes next there has to be claimed.
    mutating func forget(_ shards: ShardSet) {
        guard !shards.isEmpty else { return }
        for place in reached.keys where shards.contains(place.shard) { reached[place] = nil }
    }

    /// Takes in what was handed over. Returns the shards of what found no room.
    mutating func add(_ messages: [WrittenMessage]) -> ShardSet {
        var rest = ShardSet.none
        for message in messages {
            guard count < Self.messagesAtMost, bytes + message.draft.body.count <= Self.bytesAtMost else {
                rest = rest.union(ShardSet([message.draft.shard]))
                continue
            }
            waiting[Place(topic: message.draft.topic, shard: message.draft.shard), default: []].append(message)
            count += 1
            bytes += message.draft.body.count
        }
        return rest
    }

    /// Takes what goes out next in these shards.
    ///
    /// - Parameters:
    ///   - held: the shards that are the worker's to publish
    ///   - busy: those with messages on their way, which stay until these have arrived
    ///   - isForAnswers: whether what is no answer stays too
    /// - Returns: what goes out, in its order, and the shards in which the database has to be asked
    mutating func next(held: ShardSet, busy: ShardSet, isForAnswers: Bool) -> (messages: [WrittenMessage], toClaim: ShardSet) {
        forget(ShardSet.all.subtracting(held))
        var (next, toClaim) = ([WrittenMessage](), ShardSet.none)
        for place in waiting.keys {
            if held.contains(place.shard), busy.contains(place.shard) || isForAnswers && place.topic != Topic.replies { continue }
            let found = take(place)
            let reached = reached[place]
            let new = found.filter { $0.sequence > reached ?? 0 }.sorted { $0.sequence < $1.sequence }
            guard let last = new.last else { continue }
            // What was put off has its turn in the database.
            guard let reached, last.sequence == reached + Int64(new.count), new.allSatisfy({ $0.draft.delay == nil }) else {
                toClaim = toClaim.union(ShardSet([place.shard]))
                continue
            }
            self.reached[place] = last.sequence
            next += new
        }
        return (next.sorted { $0.sequence < $1.sequence }, toClaim)
    }

    private mutating func take(_ place: Place) -> [WrittenMessage] {
        let found = waiting.removeValue(forKey: place) ?? []
        count -= found.count
        bytes -= found.reduce(0) { $0 + $1.draft.body.count }
        return found
    }
}

extension RelayRow {
    /// Whether something in its shard stands aside.
    fileprivate var isBesideTurn: Bool { isAside || isPutOff || besideStopped != nil }
}
