import Foundation
import Synchronization

@testable import Kafka

/// What consumers of a group have seen, with how many records each partition's order skipped.
final class Seen: Sendable {
    private struct State {
        var last: [TopicPartition: Int64] = [:]
        var texts: Set<String> = []
        var gaps: [String] = []
    }

    private let state = Mutex(State())

    var distinct: Int { state.withLock { $0.texts.count } }
    var gaps: [String] { state.withLock { $0.gaps } }

    /// Repeats are allowed (delivery is at least once); a record that leaves one before it out is not.
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

/// Works off all lanes of a consumer until it is closed.
struct Worker {
    private let tasks: [Task<Void, any Error>]

    init(_ consumer: KafkaConsumer, lanes: Int = 1, _ seen: Seen) {
        tasks = (0..<lanes).map { lane in
            Task {
                while let batch = try await consumer.next(lane: lane, upTo: 50) {
                    seen.note(batch.records)
                    await consumer.done(batch)
                }
            }
        }
    }

    func wait() async {
        for task in tasks { _ = await task.result }
    }
}

/// Sends numbered records to partitions in turn, until it is stopped.
struct Sender {
    private let task: Task<Int, any Error>

    init(_ bench: Bench, partitions: Int, pause: Duration = .milliseconds(5)) {
        task = Task {
            let producer = try await bench.producer()
            var sent = 0
            while !Task.isCancelled {
                let record = KafkaOutgoing(
                    topic: "t", partition: Int32(sent % partitions), key: nil, value: Array("\(sent)".utf8))
                for result in await producer.send([record]) { _ = try result.get() }
                sent += 1
                try? await Task.sleep(for: pause)
            }
            return sent
        }
    }

    /// How many records were acknowledged.
    func stop() async throws -> Int {
        task.cancel()
        return try await task.value
    }
}

extension Bench {
    /// A bare client that can look at a group's offsets without joining it. The caller destroys it.
    func committedReader(_ group: String) throws -> RDConsumer {
        try RDConsumer(KafkaConsumerOptions.group(group).properties(configuration))
    }
}
