import Kafka
import Kernel
import Postgres

/// An error after which the same message may well succeed: whoever throws it wants the batch tried again, not set aside.
/// A handler whose verification key has not arrived yet throws one.
public protocol TransientFailure: Error {}

/// One message of a partition cannot be taken yet: what waits for it must not hold up the others, among which may be the one
/// it waits for.
struct PartitionMustWait: Error, CustomStringConvertible {
    let partition: TopicPartition
    let reason: any Error

    var description: String { LaneFailure.explanation(reason) }
}

/// Tells what passes from what stays.
enum LaneFailure {
    /// Whether trying again is the cure.
    static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError:
            // Whatever keeps us from the database, a wrong password too, says nothing about the message.
            error.kind == .connection
                // Two deliveries of one message met, as when partitions change hands: on the next try the second finds what
                // the first has written.
                || error.isTransient || (error.sqlState == "23505" && metByTwo.contains(error.constraint ?? ""))
        case let error as KafkaError: error.isRetriable
        case is CancellationError, is any TransientFailure: true
        default: false
        }
    }

    private static let metByTwo: Set<String> = ["inbox_command_pkey", "inbox_stream_pkey"]

    /// What an operator reads of an error.
    static func explanation(_ error: any Error) -> String {
        let text = String(describing: error).replacing("\0", with: "")
        return text.utf8.count <= 2000 ? text : String(text.prefix(1000)) + "…"
    }
}

/// The pause before another try: it doubles from 50 ms to 5 s, and is spread so that many do not return at once.
struct Backoff: Sendable {
    private var attempts = 0

    /// How many tries have failed.
    var failures: Int { attempts }

    /// Waits before the next try. Throws `CancellationError` when the task is cancelled meanwhile.
    mutating func pause() async throws { try await Task.sleep(for: next()) }

    /// How long to wait before the next try.
    mutating func next() -> Duration {
        attempts += 1
        let longest = min(5000, 50 << min(attempts - 1, 7))
        return .milliseconds(Int.random(in: longest / 2...longest))
    }
}
