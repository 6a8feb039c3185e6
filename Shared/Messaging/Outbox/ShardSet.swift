import Synchronization

/// Some of the shards.
struct ShardSet: Sendable, Hashable {
    fileprivate(set) var bits: UInt32

    static let none = ShardSet(bits: 0)
    static let all = ShardSet(bits: .max)

    init(_ shards: some Sequence<Int16>) { bits = shards.reduce(0) { $0 | 1 << UInt32($1) } }

    fileprivate init(bits: UInt32) { self.bits = bits }

    var isEmpty: Bool { bits == 0 }

    /// In their order.
    var members: [Int16] { (0..<Shard.count).filter { bits & 1 << UInt32($0) != 0 } }

    var count: Int { bits.nonzeroBitCount }

    /// So many of them at most: the next ones from a shard on, and then from the first.
    func some(_ count: Int, from start: Int16) -> ShardSet {
        let members = members
        return ShardSet((members.filter { $0 >= start } + members.filter { $0 < start }).prefix(count))
    }

    func contains(_ shard: Int16) -> Bool { bits & 1 << UInt32(shard) != 0 }

    func union(_ other: ShardSet) -> ShardSet { ShardSet(bits: bits | other.bits) }

    func subtracting(_ other: ShardSet) -> ShardSet { ShardSet(bits: bits & ~other.bits) }

    func intersection(_ other: ShardSet) -> ShardSet { ShardSet(bits: bits & other.bits) }
}

/// The shards in which something was written since somebody looked there.
final class RungShards: Sendable {
    private let bits = Atomic<UInt32>(0)

    init() {}

    func add(_ shards: ShardSet) { bits.bitwiseOr(shards.bits, ordering: .acquiringAndReleasing) }

    /// Those where somebody has yet to look.
    var waiting: ShardSet { ShardSet(bits: bits.load(ordering: .acquiring)) }

    /// All of them, once: who takes them looks there.
    func take() -> ShardSet { ShardSet(bits: bits.exchange(0, ordering: .acquiringAndReleasing)) }
}
