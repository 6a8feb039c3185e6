import Testing

@testable import Kafka

@Suite("Lanes") struct ConsumerLanesTests {
    private func record(_ id: TopicPartition, _ offset: Int64) -> KafkaRecord {
        KafkaRecord(topic: id.topic, partition: id.partition, offset: offset, key: nil, value: [1], headers: [], timestamp: nil)
    }

    private func lanes(_ ids: [TopicPartition], records: [Int]) -> ConsumerLanes {
        var lanes = ConsumerLanes(lanes: 1, depthRecords: 100, depthBytes: 1 << 20)
        lanes.add(ids.map { RDOffset($0, 0) })
        for (id, count) in zip(ids, records) {
            _ = lanes.append((0..<Int64(count)).map { record(id, $0) }, bytes: count, to: id)
        }
        return lanes
    }

    private func next(_ lanes: inout ConsumerLanes, _ limit: Int) async throws -> KafkaBatch? {
        var taken = lanes
        let batch = try await withCheckedThrowingContinuation { (waiter: ConsumerLanes.Waiter) in
            let actions = taken.wait(0, ticket: 1, limit: limit, waiter)
            if actions.served.isEmpty { waiter.resume(returning: nil) }
            actions.perform()
        }
        lanes = taken
        return batch
    }

    private let ids = (Int32(0)..<3).map { TopicPartition(topic: "t", partition: $0) }

    @Test("partitions share a batch equally, what some leave goes to those that have more")
    func fair() async throws {
        var lanes = lanes(ids, records: [50, 2, 50])
        let batch = try #require(try await next(&lanes, 30))
        let counts = ids.map { id in batch.records.count { $0.topicPartition == id } }
        #expect(batch.records.count == 30)
        #expect(counts[1] == 2 && counts[0] >= 10 && counts[2] >= 10)
    }

    @Test("with fewer places than partitions each partition has its turn")
    func turns() async throws {
        var lanes = lanes(ids, records: [50, 50, 50])
        var seen: Set<TopicPartition> = []
        for _ in 0..<3 {
            let batch = try #require(try await next(&lanes, 1))
            seen.formUnion(batch.partitions)
            _ = lanes.done(batch)
        }
        #expect(seen == Set(ids))
    }

    @Test("a batch of an older assignment changes nothing in the new one, done or abandoned")
    func epochs() async throws {
        var lanes = lanes([ids[0]], records: [5])
        let batch = try #require(try await next(&lanes, 5))
        lanes.removeAll()
        lanes.add([RDOffset(ids[0], 2)])
        _ = lanes.append([record(ids[0], 2)], bytes: 1, to: ids[0])
        _ = lanes.abandon(batch)
        #expect(lanes.partitions[ids[0]]?.waiting.count == 1)
        #expect(lanes.takeUnstored().isEmpty)
        let fresh = try #require(try await next(&lanes, 5))
        #expect(fresh.records.map(\.offset) == [2])
        _ = lanes.done(batch)
        #expect(lanes.hasLease)
        _ = lanes.done(fresh)
        #expect(lanes.takeUnstored() == [RDOffset(ids[0], 3)])
    }

    @Test("a batch given back twice counts once")
    func twice() async throws {
        var lanes = lanes([ids[0]], records: [4])
        let batch = try #require(try await next(&lanes, 2))
        _ = lanes.abandon(batch)
        _ = lanes.abandon(batch)
        _ = lanes.done(batch)
        #expect(lanes.takeUnstored().isEmpty)
        let again = try #require(try await next(&lanes, 10))
        #expect(again.records.map(\.offset) == [0, 1, 2, 3])
    }

    @Test("while partitions are taken away nothing is given out, and what waited is forgotten")
    func draining() async throws {
        var lanes = lanes([ids[0]], records: [4])
        lanes.beginDrain()
        #expect(try await next(&lanes, 1) == nil)
        #expect(lanes.partitions[ids[0]]?.waiting.isEmpty == true)
    }

    @Test("a long queue gives every record once and in order, put back or not")
    func queue() {
        var queue = RecordQueue()
        var out: [Int64] = []
        var offset: Int64 = 0
        var random = SystemRandomNumberGenerator()
        while out.count < 20_000 {
            let count = Int64.random(in: 0...300, using: &random)
            queue.append((offset..<offset + count).map { record(ids[0], $0) }, bytes: Int(count))
            offset += count
            var batch: [KafkaRecord] = []
            queue.take(Int.random(in: 1...400, using: &random), into: &batch)
            if Bool.random(using: &random) {
                queue.putBack(batch[...])
            } else {
                out += batch.map(\.offset)
            }
            #expect(queue.bytes == queue.count)
        }
        #expect(out == Array(0..<Int64(out.count)))
    }
}
