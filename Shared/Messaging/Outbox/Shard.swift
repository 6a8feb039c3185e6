/// Keys are spread over a fixed number of shards. A shard is published by one relay at a time, and lies whole in one
/// partition of a topic, so its records arrive in the order of its sequence.
public enum Shard {
    /// How many shards there are. Fixed for ever: a shard's sequence would lose its meaning. Topics have at most this
    /// many partitions.
    public static let count: Int16 = 32

    /// The shard of a key: FNV-1a over its UTF-8 bytes, the same on every machine and in every version.
    public static func of(_ key: String) -> Int16 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int16(truncatingIfNeeded: (hash ^ (hash >> 32)) % UInt64(count))
    }

    /// The partition a shard lies in.
    public static func partition(of shard: Int16, partitions: Int) -> Int32 { Int32(shard) % Int32(max(1, partitions)) }

    /// The shards that lie in a partition.
    static func shards(inPartition partition: Int32, of partitions: Int) -> [Int16] {
        (0..<count).filter { Self.partition(of: $0, partitions: partitions) == partition }
    }
}
