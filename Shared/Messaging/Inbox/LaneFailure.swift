import Kafka
import Kernel
import Postgres

/// An error after which the same message may well succeed: whoever throws it wants the batch tried again, not set aside.
/// A handler whose verification key has not arrived yet throws one.
public protocol TransientFailure: Error {}

/// Tells what passes from what stays.
enum LaneFailure {
    /// Whether trying again is the cure.
    static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError:
            // Two deliveries of one message met, as when partitions change hands: on the next try the second finds what the
            // first has written.
            error.isTransient || (error.sqlState == "23505" && metByTwo.contains(error.constraint ?? ""))
        case let error as KafkaError: error.isRetriable
        case is CancellationError, is ParkingFull, is any TransientFailure: true
        default: false
        }
    }

    private static let metByTwo: Set<String> = ["inbox_command_pkey", "inbox_stream_pkey"]

    /// Whether the message itself is at fault, so that it has to be set aside. That a lane had to stop says nothing about the
    /// message it was at.
    static func isLasting(_ error: any Error) -> Bool { !isTransient(error) && !(error is LaneStopped) }

    /// What an operator reads of an error.
    static func explanation(_ error: any Error) -> String {
        let text = String(describing: error).replacing("\0", with: "")
        return text.utf8.count <= 2000 ? text : String(text.prefix(1000)) + "…"
    }
}

/// The lane's partitions are being taken away: the batch is somebody else's now.
struct LaneStopped: Error {}

/// The pause before another try: it doubles from 50 ms to 5 s, and is spread so that many do not return at once.
struct Backoff: Sendable {
    private var attempts = 0

    /// How many tries have failed.
    var failures: Int { attempts }

    /// Waits before the next try. Throws `CancellationError` when the task is cancelled meanwhile.
    mutating func pause() async throws {
        attempts += 1
        let longest = min(5000, 50 << min(attempts - 1, 7))
        try await Task.sleep(for: .milliseconds(Int.random(in: longest / 2...longest)))
    }
}
