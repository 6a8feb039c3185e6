import Kafka
import Kernel
import Postgres

/// An error after which a retry may succeed: the batch is retried, and the message is not parked. For example, a handler whose verification
/// key has not arrived yet throws one.
public protocol TransientFailure: Error {}

/// A message of a partition cannot be handled yet. Only this partition is paused, because the message may be waiting for one on another
/// partition.
struct PartitionMustPause: Error, CustomStringConvertible {
    let partition: TopicPartition
    let reason: any Error

    var description: String { WorkerFailure.explanation(reason) }
}

/// Classifies and explains errors.
enum WorkerFailure {
    /// Whether a retry may succeed.
    static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError:
            // Connection errors, including a wrong password, are not caused by the message.
            error.kind == .connection
                // Two instances processed the same message, as during a rebalance: the retry finds it as a duplicate.
                || error.isTransient || (error.sqlState == "23505" && duplicateConstraints.contains(error.constraint ?? ""))
        case let error as KafkaError: error.isRetriable
        case is CancellationError, is any TransientFailure: true
        default: false
        }
    }

    private static let duplicateConstraints: Set<String> = ["inbox_command_pkey", "inbox_stream_pkey"]

    /// The explanation of an error for operators: at most 2000 bytes, or the first 1000 characters.
    static func explanation(_ error: any Error) -> String {
        let text = String(describing: error).replacing("\0", with: "")
        return text.utf8.count <= 2000 ? text : String(text.prefix(1000)) + "…"
    }
}

/// The pause before a retry: it doubles from 50 ms to 5 s, with jitter so that many clients do not retry at once.
struct Backoff: Sendable {
    private var attempts = 0

    /// The number of failed attempts.
    var failures: Int { attempts }

    /// Waits before the next attempt. Throws `CancellationError` when the task is cancelled meanwhile.
    mutating func pause() async throws { try await Task.sleep(for: next()) }

    /// How long to wait before the next attempt.
    mutating func next() -> Duration {
        attempts += 1
        let longest = min(5000, 50 << min(attempts - 1, 7))
        return .milliseconds(Int.random(in: longest / 2...longest))
    }
}
