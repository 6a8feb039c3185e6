import Synchronization
import Testing

@testable import Kafka

@Suite("A consumer group") struct ConsumerGroupTests {
    @Test("what is done is committed: the group's next consumer starts after it")
    func doneCommits() async throws {
        try await Bench.run { bench in
            try await bench.send((0..<10).map { "\($0)" })
            let first = try await bench.consumer(.group())
            #expect(try await first.take(4).compactMap(\.text) == ["0", "1", "2", "3"])
            await first.close(deadline: .seconds(5))
            let second = try await bench.consumer(.group())
            #expect(try await second.take(6).compactMap(\.text) == (4..<10).map { "\($0)" })
        }
    }

    @Test("what is done is committed while the consumer goes on, so that a killed one repeats little")
    func commitsOnTheWay() async throws {
        try await Bench.run { bench in
            try await bench.send(["0", "1", "2"])
            let first = try await bench.consumer(.group())
            _ = try await first.take(2)
            let reader = try bench.committedReader("g")
            try await eventually("the commit of offset 2") {
                try reader.committed([TopicPartition(topic: "t", partition: 0)], deadline: .now + .seconds(5)).first?.offset == 2
            }
            reader.destroy()
        }
    }

    @Test("an abandoned batch comes again, first and in order; one not done at the close goes to the next consumer")
    func abandon() async throws {
        try await Bench.run { bench in
            try await bench.send((0..<6).map { "\($0)" })
            let consumer = try await bench.consumer(.group())
            for _ in 0..<3 {
                let batch = try #require(try await within { try await consumer.next(lane: 0, upTo: 4) })
                #expect(batch.records.compactMap(\.text).first == "0")
                consumer.abandon(batch)
            }
            #expect(try await consumer.take(3, upTo: 2).compactMap(\.text) == ["0", "1", "2"])
            let batch = try #require(try await within { try await consumer.next(lane: 0, upTo: 4) })
            #expect(batch.records.first?.text == "3")
            await consumer.close(deadline: .seconds(3))
            let next = try await bench.consumer(.group())
            #expect(try await next.take(3).compactMap(\.text) == ["3", "4", "5"])
        }
    }

    @Test("a consumer that joins takes over partitions, one that leaves hands them on, and no record is lost or out of order")
    func joinAndLeave() async throws {
        try await Bench.run(topics: [("t", 4)]) { bench in
            let seen = Seen()
            let first = try await bench.consumer(.group("g", lanes: 2))
            let firstWork = Worker(first, lanes: 2, seen)
            #expect(try await first.assigned().count == 4)
            let sender = Sender(bench, partitions: 4)
            let second = try await bench.consumer(.group("g", lanes: 2))
            let secondWork = Worker(second, lanes: 2, seen)
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

    @Test("partitions are not handed on while a batch of them is out; what is done meanwhile is not done again by who keeps them")
    func drain() async throws {
        try await Bench.run(topics: [("t", 2)]) { bench in
            var options = KafkaConsumerOptions.group("g")
            options.drainDeadline = .seconds(20)
            let first = try await bench.consumer(options)
            _ = try await first.assigned()
            for partition in Int32(0)..<2 { try await bench.send(["\(partition)"], partition: partition) }
            let batch = try await first.batch(of: 2)
            let second = try await bench.consumer(options)
            // Long enough for the group to tell the first member by its heartbeat, and for that to let go if it did not wait.
            try await eventually("the drain") { first.lanesForTests { $0.isDraining } }
            try await Task.sleep(for: .milliseconds(500))
            #expect(second.assignment == [])
            await first.done(batch)
            try await eventually("equal shares") { second.assignment.count == 1 && first.assignment.count == 1 }
            let kept = try #require(first.assignment.first)
            try await bench.send(["after"], partition: kept.partition)
            #expect(try await first.take(1).map(\.text) == ["after"])
            // The embedded broker refuses commits while a member joins: the other may do its record again, and loses none.
            let handedOn = try #require(second.assignment.first)
            try await bench.send(["after"], partition: handedOn.partition)
            let texts = try await second.take(1).compactMap(\.text)
            #expect(texts == ["after"] || texts == ["\(handedOn.partition)"])
        }
    }

    @Test("a batch that outlives its assignment stores nothing: its records go to the new owner")
    func staleDone() async throws {
        try await Bench.run(topics: [("t", 1)]) { bench in
            try await bench.send(["0"])
            var options = KafkaConsumerOptions.group("g")
            options.drainDeadline = .milliseconds(50)
            let first = try await bench.consumer(options)
            let batch = try #require(try await within { try await first.next(lane: 0, upTo: 10) })
            await first.close(deadline: .seconds(2))
            await first.done(batch)
            let second = try await bench.consumer(options)
            #expect(try await second.take(1).map(\.text) == ["0"])
        }
    }

    @Test("records of many partitions go to their lanes, which work side by side")
    func lanes() async throws {
        try await Bench.run(topics: [("t", 6), ("u", 3)]) { bench in
            for topic in ["t", "u"] {
                for partition in Int32(0)..<3 { try await bench.send((0..<5).map { "\($0)" }, to: topic, partition: partition) }
            }
            let consumer = try await bench.consumer(.group("g", ["t", "u"], lanes: 3))
            for lane in 0..<3 {
                // No lane is done before the last was taken: none waits for another.
                let records = try await within { () -> [KafkaRecord] in
                    var records: [KafkaRecord] = []
                    while records.count < 10, let batch = try await consumer.next(lane: lane, upTo: 3) {
                        records += batch.records
                        await consumer.done(batch)
                    }
                    return records
                }
                #expect(Set(records.map(\.partition)) == [Int32(lane)])
                for topic in ["t", "u"] {
                    #expect(records.filter { $0.topic == topic }.map(\.offset) == [0, 1, 2, 3, 4])
                }
            }
        }
    }
}
