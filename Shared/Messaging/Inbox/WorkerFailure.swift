import Kafka
import Postgres

/// An error after which a retry may succeed: the batch is retried, and the message is not parked. For example, a handler whose verification
/// key has not arrived yet throws one.
public protocol TransientFailure: Error {}

/// Commands for a key that were accepted before a deadline may be missing (`CommandGaps`) and are being requested; the deadline is not
/// decided yet.
public struct UpstreamIncomplete: TransientFailure, CustomStringConvertible {
    private let key: String

    /// Creates the error for a key.
    public init(key: String) { self.key = key }

    /// The explanation for operators.
    public var description: String { "waiting for the portal to republish commands for \(key), because the log was lost" }
}

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
