/// Keys are distributed over a fixed number of shards. A shard is published by one relay at a time and belongs to one partition of a topic,
/// so its records arrive in the order of its sequence.
public enum Shard {
    /// The number of shards. It must never change, because sequences are numbered by shard. Topics have at most this many partitions.
    public static let count: Int16 = 32

    /// The shard of a key: FNV-1a over its UTF-8 bytes, the same on every machine and in every release.
    public static func of(_ key: String) -> Int16 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int16(truncatingIfNeeded: (hash ^ (hash >> 32)) % UInt64(count))
    }

    /// The partition of a shard.
    public static func partition(of shard: Int16, partitions: Int) -> Int32 { Int32(shard) % Int32(max(1, partitions)) }

    /// The shards of a partition.
    public static func shards(inPartition partition: Int32, of partitions: Int) -> [Int16] {
        (0..<count).filter { Self.partition(of: $0, partitions: partitions) == partition }
    }
}
