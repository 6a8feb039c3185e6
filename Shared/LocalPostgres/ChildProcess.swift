import Subprocess
import SystemPackage

/// A child process. It inherits no descriptors except its standard ones, and no blocked or ignored signals. It is reaped as soon as it has
/// ended, also while processes that it started still run.
public struct ChildProcess: Sendable {
    /// The process id. After the end, the system may give it to another process.
    public let pid: Int32
    private let ending: Task<Int32, Never>

    private static let starting = TaskLock()

    /// Runs `body` while no child is being started. Between fork and exec a child has copies of all descriptors, so code that closes a
    /// listening socket and reopens it at once (librdkafka's mock broker when it goes down) finds the port in use and aborts.
    public static func withoutSpawning(_ body: () throws -> Void) async rethrows {
        await starting.lock()
        defer { starting.unlock() }
        try body()
    }

    /// Starts a program. Throws a `PrivatePostgresError` that names it.
    /// - Parameters:
    ///   - command: the program's path, then its arguments.
    ///   - environment: the whole environment, as `NAME=value`.
    ///   - input: the descriptor of its standard input; nil for empty input.
    ///   - output: the file to which its standard output and standard error are appended.
    ///   - reports: the descriptor of its standard output, if separate from its standard error.
    public init(
        _ command: [String], environment: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"], input: Int32? = nil,
        output: String = "/dev/null", reports: Int32? = nil
    ) async throws {
        do {
            let log = try FileDescriptor.open(
                FilePath(output), .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
            defer { try? log.close() }
            let source = try FileDescriptor.open(FilePath("/dev/null"), .readOnly, options: .closeOnExec)
            defer { try? source.close() }
            let (starts, started) = AsyncThrowingStream.makeStream(of: Int32.self)
            await Self.starting.lock()
            defer { Self.starting.unlock() }
            ending = Task { () -> Int32 in
                do {
                    let result = try await Subprocess.run(
                        .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
                        environment: .custom(environment.map { Array("\($0)\0".utf8) }),
                        input: .fileDescriptor(input.map { FileDescriptor(rawValue: $0) } ?? source, closeAfterSpawningProcess: false),
                        output: .fileDescriptor(reports.map { FileDescriptor(rawValue: $0) } ?? log, closeAfterSpawningProcess: false),
                        error: .fileDescriptor(log, closeAfterSpawningProcess: false)
                    ) { execution in
                        _ = started.yield(execution.processIdentifier.value)
                    }
                    return switch result.terminationStatus {
                    case .exited(let code): code
                    case .signaled(let signal): 128 + signal
                    }
                } catch {
                    started.finish(throwing: error)
                    return -1
                }
            }
            // In a task of its own: a stream ends at once in a task that is cancelled.
            let first = Task { try await starts.first { _ in true } }
            guard let pid = try await first.value else { throw CancellationError() }
            self.pid = pid
        } catch {
            throw PrivatePostgresError(description: "cannot start \(command[0]): \(error)")
        }
    }

    /// Waits for the exit. Returns the status as a shell does: 128 plus the signal number after a signal. May be called several times.
    public func exit() async -> Int32 { await ending.value }
}
