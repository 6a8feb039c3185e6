import Testing

@testable import Kafka

@Suite("Consumer workers") struct ConsumerWorkersTests {
    private func record(_ id: TopicPartition, _ offset: Int64) -> KafkaRecord {
        KafkaRecord(topic: id.topic, partition: id.partition, offset: offset, key: nil, value: [1], headers: [], timestamp: nil)
    }

    private func workers(_ ids: [TopicPartition], records: [Int]) -> ConsumerWorkers {
        var workers = ConsumerWorkers(workers: 1, depthRecords: 100, depthBytes: 1 << 20)
        workers.add(ids.map { RDOffset($0, 0) })
        for (id, count) in zip(ids, records) {
            _ = workers.append((0..<Int64(count)).map { record(id, $0) }, bytes: count, to: id)
        }
        return workers
    }

    private func next(_ workers: inout ConsumerWorkers, _ limit: Int) async throws -> KafkaBatch? {
        var taken = workers
        let batch = try await withCheckedThrowingContinuation { (waiter: ConsumerWorkers.Waiter) in
            let actions = taken.wait(0, ticket: 1, limit: limit, waiter)
            if actions.answers.isEmpty { waiter.resume(returning: nil) }
            actions.perform()
        }
        workers = taken
        return batch
    }

    private let ids = (Int32(0)..<3).map { TopicPartition(topic: "t", partition: $0) }

    @Test("partitions share a batch equally; unused shares go to partitions with more records")
    func fair() async throws {
        var workers = workers(ids, records: [50, 2, 50])
        let batch = try #require(try await next(&workers, 30))
        let counts = ids.map { id in batch.records.count { $0.topicPartition == id } }
        #expect(batch.records.count == 30)
        #expect(counts[1] == 2 && counts[0] >= 10 && counts[2] >= 10)
    }

    @Test("with a limit below the number of partitions, the partitions are served round-robin")
    func turns() async throws {
        var workers = workers(ids, records: [50, 50, 50])
        var seen: Set<TopicPartition> = []
        for _ in 0..<3 {
            let batch = try #require(try await next(&workers, 1))
            seen.formUnion(batch.partitions)
            _ = workers.complete(batch)
        }
        #expect(seen == Set(ids))
    }

    @Test("completing or abandoning a batch of an earlier assignment has no effect on the new one")
    func epochs() async throws {
        var workers = workers([ids[0]], records: [5])
        let batch = try #require(try await next(&workers, 5))
        workers.removeAll()
        workers.add([RDOffset(ids[0], 2)])
        _ = workers.append([record(ids[0], 2)], bytes: 1, to: ids[0])
        _ = workers.abandon(batch)
        #expect(workers.partitions[ids[0]]?.waiting.count == 1)
        #expect(workers.takeUnstored().isEmpty)
        let fresh = try #require(try await next(&workers, 5))
        #expect(fresh.records.map(\.offset) == [2])
        _ = workers.complete(batch)
        #expect(workers.hasLease)
        _ = workers.complete(fresh)
        #expect(workers.takeUnstored() == [RDOffset(ids[0], 3)])
    }

    @Test("the second completion or abandonment of a batch has no effect")
    func twice() async throws {
        var workers = workers([ids[0]], records: [4])
        let batch = try #require(try await next(&workers, 2))
        _ = workers.abandon(batch)
        _ = workers.abandon(batch)
        _ = workers.complete(batch)
        #expect(workers.takeUnstored().isEmpty)
        let again = try #require(try await next(&workers, 10))
        #expect(again.records.map(\.offset) == [0, 1, 2, 3])
    }

    @Test("while partitions are revoked nothing is delivered, and the buffered records are dropped")
    func draining() async throws {
        var workers = workers([ids[0]], records: [4])
        workers.beginDrain()
        #expect(try await next(&workers, 1) == nil)
        #expect(workers.partitions[ids[0]]?.waiting.isEmpty == true)
    }

    @Test("fetching of a paused partition may resume when at least half of its buffer is free")
    func resuming() async throws {
        var workers = workers([ids[0]], records: [100])
        #expect(workers.free(ids[0]).records == 0)
        #expect(workers.resumable.isEmpty, "it is not paused")
        workers.partitions[ids[0]]?.isFetchingPaused = true
        let batch = try #require(try await next(&workers, 49))
        #expect(workers.resumable.isEmpty)
        _ = workers.complete(batch)
        _ = try await next(&workers, 1)
        #expect(workers.free(ids[0]).records == 50)
        #expect(workers.resumable == [ids[0]])
    }

    @Test("after close a wait ends at once without a batch, and a second close does not move the deadline")
    func closing() async throws {
        var workers = workers([ids[0]], records: [4])
        let deadline = ContinuousClock.now
        _ = workers.close(by: deadline)
        _ = workers.close(by: deadline + .seconds(1))
        #expect(workers.closeBy == deadline)
        #expect(try await next(&workers, 1) == nil)
    }

    @Test("a long queue returns every record once and in order, also after records are put back")
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
