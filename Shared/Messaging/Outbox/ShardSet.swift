import Synchronization

/// A set of shards.
struct ShardSet: Sendable, Hashable {
    fileprivate(set) var bits: UInt32

    static let none = ShardSet(bits: 0)
    static let all = ShardSet(bits: .max)

    init(_ shards: some Sequence<Int16>) { bits = shards.reduce(0) { $0 | 1 << UInt32($1) } }

    fileprivate init(bits: UInt32) { self.bits = bits }

    var isEmpty: Bool { bits == 0 }

    /// The shards in ascending order.
    var members: [Int16] { (0..<Shard.count).filter { bits & 1 << UInt32($0) != 0 } }

    var count: Int { bits.nonzeroBitCount }

    /// At most `count` of them: first those from `start` on, then from the beginning.
    func some(_ count: Int, from start: Int16) -> ShardSet {
        let members = members
        return ShardSet((members.filter { $0 >= start } + members.filter { $0 < start }).prefix(count))
    }

    func contains(_ shard: Int16) -> Bool { bits & 1 << UInt32(shard) != 0 }

    func union(_ other: ShardSet) -> ShardSet { ShardSet(bits: bits | other.bits) }

    func subtracting(_ other: ShardSet) -> ShardSet { ShardSet(bits: bits & ~other.bits) }

    func intersection(_ other: ShardSet) -> ShardSet { ShardSet(bits: bits & other.bits) }
}

/// The shards in which rows were written since the relay last read them.
final class SignalledShards: Sendable {
    private let bits = Atomic<UInt32>(0)

    init() {}

    func add(_ shards: ShardSet) { bits.bitwiseOr(shards.bits, ordering: .acquiringAndReleasing) }

    /// The shards that are still to be read.
    var waiting: ShardSet { ShardSet(bits: bits.load(ordering: .acquiring)) }

    /// Returns all of them and clears the set; the caller reads these shards.
    func take() -> ShardSet { ShardSet(bits: bits.exchange(0, ordering: .acquiringAndReleasing)) }
}
