import Messages
import Testing

@Suite("Shards")
struct ShardTests {
    /// Computed independently of the code. A change would break every producer's sequence.
    @Test(
        "a key's shard never changes",
        arguments: [
            ("", 1),
            ("a", 0),
            ("foobar", 25),
            ("order-1", 18),
            ("order-2", 11),
            ("c0", 1),
            ("企业", 8),
            ("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e", 16),
            ("parked/1", 26),
            (String(repeating: "x", count: 1024), 21),
        ] as [(String, Int16)])
    func known(key: String, shard: Int16) { #expect(Shard.of(key) == shard) }

    @Test("keys are distributed evenly: of 32,000 keys every shard gets 1000 ± 20 %")
    func spread() {
        for prefix in ["order-", "0198c5a2-7d1e-7c3b-9f00-", "企业"] {
            var counts = [Int16: Int]()
            for number in 0..<32_000 { counts[Shard.of("\(prefix)\(number)"), default: 0] += 1 }
            #expect(counts.count == Int(Shard.count))
            #expect(counts.values.allSatisfy { (800...1200).contains($0) }, "\(prefix): \(counts.values.sorted())")
        }
    }

    @Test("every shard belongs to exactly one partition, for any number of partitions")
    func partitions() {
        for partitions in 1...40 {
            let all = (0..<Int32(partitions)).flatMap { Shard.shards(inPartition: $0, of: partitions) }
            #expect(all.sorted() == Array(0..<Shard.count))
        }
    }

    @Test("a topic without partitions causes no division by zero")
    func noPartitions() { #expect(Shard.partition(of: 7, partitions: 0) == 0) }
}
