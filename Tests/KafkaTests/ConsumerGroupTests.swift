import Synchronization
import Testing

@testable import Kafka

@Suite("A consumer group") struct ConsumerGroupTests {
    @Test("completed records are committed: the group's next consumer starts after them")
    func doneCommits() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send((0..<10).map { "\($0)" })
            let first = try await fixture.consumer(.group())
            #expect(try await first.take(4).compactMap(\.text) == ["0", "1", "2", "3"])
            await first.close(deadline: .seconds(5))
            let second = try await fixture.consumer(.group())
            #expect(try await second.take(6).compactMap(\.text) == (4..<10).map { "\($0)" })
        }
    }

    @Test("completed records are committed while the consumer runs, so that few are repeated after a kill")
    func commitsOnTheWay() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0", "1", "2"])
            let first = try await fixture.consumer(.group())
            _ = try await first.take(2)
            let reader = try fixture.committedReader("g")
            try await eventually("the commit of offset 2") {
                try reader.committed([TopicPartition(topic: "t", partition: 0)], deadline: .now + .seconds(5)).first?.offset == 2
            }
            reader.destroy()
        }
    }

    @Test("an abandoned batch is delivered again first and in order; a batch not completed before close goes to the next consumer")
    func abandon() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send((0..<6).map { "\($0)" })
            let consumer = try await fixture.consumer(.group())
            for _ in 0..<3 {
                let batch = try #require(try await within { try await consumer.next(worker: 0, upTo: 4) })
                #expect(batch.records.compactMap(\.text).first == "0")
                consumer.abandon(batch)
            }
            #expect(try await consumer.take(3, upTo: 2).compactMap(\.text) == ["0", "1", "2"])
            let batch = try #require(try await within { try await consumer.next(worker: 0, upTo: 4) })
            #expect(batch.records.first?.text == "3")
            await consumer.close(deadline: .seconds(3))
            let next = try await fixture.consumer(.group())
            #expect(try await next.take(3).compactMap(\.text) == ["3", "4", "5"])
        }
    }

    @Test("partitions move when consumers join and leave, and no record is lost or out of order")
    func joinAndLeave() async throws {
        try await KafkaFixture.run(topics: [("t", 4)]) { fixture in
            let seen = ConsumedRecords()
            let first = try await fixture.consumer(.group("g", workers: 2))
            let firstWork = ConsumerTasks(first, workers: 2, seen)
            #expect(try await first.assigned().count == 4)
            let sender = Sender(fixture, partitions: 4)
            let second = try await fixture.consumer(.group("g", workers: 2))
            let secondWork = ConsumerTasks(second, workers: 2, seen)
            try await eventually("the second consumer's share") { second.assignment.count == 2 && first.assignment.count == 2 }
            await first.close(deadline: .seconds(5))
            try await eventually("all partitions for the second") { second.assignment.count == 4 }
            let sent = try await sender.stop()
            try await eventually("all records") { seen.distinct == sent }
            await second.close(deadline: .seconds(5))
            await firstWork.wait()
            await secondWork.wait()
            #expect(seen.gaps == [])
        }
    }

    @Test("partitions are not reassigned while a batch is leased; records completed meanwhile are not repeated by the same consumer")
    func drain() async throws {
        try await KafkaFixture.run(topics: [("t", 2)]) { fixture in
            var options = KafkaConsumerOptions.group("g")
            options.drainDeadline = .seconds(20)
            options.handlerDeadline = .milliseconds(1)
            let first = try await fixture.consumer(options)
            _ = try await first.assigned()
            for partition in Int32(0)..<2 { try await fixture.send(["\(partition)"], partition: partition) }
            let batch = try await first.batch(of: 2)
            let second = try await fixture.consumer(options)
            // The first member's heartbeat tells it that the second one has joined. Two rounds are enough to release partitions.
            try await eventually("the drain") { first.shared.workers.withLock { $0.isDraining } }
            try await first.roundsWithBatch()
            #expect(first.assignment.count == 2 && second.assignment == [])
            await first.complete(batch)
            try await eventually("equal shares") { second.assignment.count == 1 && first.assignment.count == 1 }
            let kept = try #require(first.assignment.first)
            try await fixture.send(["after"], partition: kept.partition)
            #expect(try await first.take(1).map(\.text) == ["after"])
            // The embedded broker refuses commits while a member joins: the other consumer may repeat its record, and loses none.
            let moved = try #require(second.assignment.first)
            try await fixture.send(["after"], partition: moved.partition)
            let texts = try await second.take(1).compactMap(\.text)
            #expect(texts == ["after"] || texts == ["\(moved.partition)"])
        }
    }

    @Test("completing a batch after its assignment ended stores nothing: its records go to the new owner")
    func staleCompletion() async throws {
        try await KafkaFixture.run(topics: [("t", 1)]) { fixture in
            try await fixture.send(["0"])
            var options = KafkaConsumerOptions.group("g")
            options.drainDeadline = .milliseconds(50)
            let first = try await fixture.consumer(options)
            let batch = try #require(try await within { try await first.next(worker: 0, upTo: 10) })
            await first.close(deadline: .seconds(2))
            await first.complete(batch)
            let second = try await fixture.consumer(options)
            #expect(try await second.take(1).map(\.text) == ["0"])
        }
    }

    @Test("records of many partitions go to their workers, which run concurrently")
    func workers() async throws {
        try await KafkaFixture.run(topics: [("t", 6), ("u", 3)]) { fixture in
            for topic in ["t", "u"] {
                for partition in Int32(0)..<3 { try await fixture.send((0..<5).map { "\($0)" }, to: topic, partition: partition) }
            }
            let consumer = try await fixture.consumer(.group("g", ["t", "u"], workers: 3))
            for worker in 0..<3 {
                // No worker waits for another.
                let records = try await within { () -> [KafkaRecord] in
                    var records: [KafkaRecord] = []
                    while records.count < 10, let batch = try await consumer.next(worker: worker, upTo: 3) {
                        records += batch.records
                        await consumer.complete(batch)
                    }
                    return records
                }
                #expect(Set(records.map(\.partition)) == [Int32(worker)])
                for topic in ["t", "u"] {
                    #expect(records.filter { $0.topic == topic }.map(\.offset) == [0, 1, 2, 3, 4])
                }
            }
        }
    }
}
