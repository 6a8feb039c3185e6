import Foundation
import Synchronization

@testable import Kafka

/// The records that a group's consumers have read, and the gaps in each partition's order.
final class ConsumedRecords: Sendable {
    private struct State {
        var last: [TopicPartition: Int64] = [:]
        var texts: Set<String> = []
        var gaps: [String] = []
    }

    private let state = Mutex(State())

    var distinct: Int { state.withLock { $0.texts.count } }
    var gaps: [String] { state.withLock { $0.gaps } }

    /// Repeats are allowed (delivery is at least once); a gap before a record is recorded.
    func note(_ records: [KafkaRecord]) {
        state.withLock { state in
            for record in records {
                let last = state.last[record.topicPartition] ?? -1
                if record.offset > last + 1 { state.gaps.append("\(record.topicPartition) \(last) -> \(record.offset)") }
                state.last[record.topicPartition] = max(last, record.offset)
                state.texts.insert(record.text ?? "")
            }
        }
    }
}

/// Handles the batches of all workers of a consumer until it is closed.
struct ConsumerTasks {
    private let tasks: [Task<Void, any Error>]

    init(_ consumer: KafkaConsumer, workers: Int = 1, _ seen: ConsumedRecords) {
        tasks = (0..<workers).map { worker in
            Task {
                while let batch = try await consumer.next(worker: worker, upTo: 50) {
                    seen.note(batch.records)
                    await consumer.complete(batch)
                }
            }
        }
    }

    func wait() async {
        for task in tasks { _ = await task.result }
    }
}

/// A record for the topic `t`.
func outgoing(_ text: String, partition: Int32? = 0) -> KafkaProducerRecord {
    KafkaProducerRecord(topic: "t", partition: partition, key: Array("k".utf8), value: Array(text.utf8))
}

/// Sends numbered records to the partitions round-robin until it is stopped.
struct Sender {
    private let task: Task<Int, any Error>

    init(_ fixture: KafkaFixture, partitions: Int, pause: Duration = .milliseconds(5)) {
        task = Task {
            let producer = try await fixture.producer()
            var sent = 0
            while !Task.isCancelled {
                let record = KafkaProducerRecord(
                    topic: "t", partition: Int32(sent % partitions), key: nil, value: Array("\(sent)".utf8))
                for result in await producer.send([record]) { _ = try result.get() }
                sent += 1
                try? await Task.sleep(for: pause)
            }
            return sent
        }
    }

    /// Stops sending and returns the number of acknowledged records.
    func stop() async throws -> Int {
        task.cancel()
        return try await task.value
    }
}

extension KafkaFixture {
    /// A client that reads a group's offsets without joining it. The caller destroys it.
    func committedReader(_ group: String) throws -> RDConsumer {
        try RDConsumer(KafkaConsumerOptions.group(group).properties(configuration))
    }
}
