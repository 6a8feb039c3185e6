import Foundation
public import Glibc
import Synchronization

/// A child process that inherits no blocked signals and no descriptors.
///
/// Foundation's `Process` reports a child as running while any grandchild lives, such as a server that the child started. It also
/// passes on the calling thread's signal mask, and threads of the cooperative pool block almost all signals: `pgbench -T 5` would
/// never receive SIGALRM.
public struct ChildProcess: Sendable {
    /// The process id.
    public let pid: pid_t

    private static let spawning = Mutex(())

    /// Runs `body` while no child is being started. Between fork and exec a child has copies of all descriptors, so code that closes a
    /// listening socket and reopens it at once (librdkafka's mock broker when it goes down) finds the port in use and aborts.
    public static func withoutSpawning<R>(_ body: () throws -> R) rethrows -> R { try spawning.withLock { _ in try body() } }

    /// Starts a program. It inherits no other descriptors: an inherited socket would keep its connection open after this process closes
    /// it.
    /// - Parameters:
    ///   - command: the program's path, then its arguments.
    ///   - environment: the whole environment, as `NAME=value`.
    ///   - input: the descriptor of its standard input; nil for empty input.
    ///   - output: the file to which its standard output and standard error are appended.
    ///   - reports: the descriptor of its standard output, if separate from its standard error.
    public init(
        _ command: [String], environment: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"], input: Int32? = nil,
        output: String = "/dev/null", reports: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        if let reports { posix_spawn_file_actions_adddup2(&actions, reports, 1) }
        for descriptor in Self.inheritable { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var started: pid_t = 0
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        let status = Self.withoutSpawning { posix_spawn(&started, command[0], &actions, &attributes, arguments, variables) }
        guard status == 0 else {
            throw PrivatePostgresError(description: "cannot start \(command[0]): \(String(cString: strerror(status)))")
        }
        pid = started
    }

    /// The descriptors that a child might inherit: the open ones, and a margin for those opened meanwhile. Closing one that is not open
    /// is no error.
    private static var inheritable: ClosedRange<Int32> {
        let open = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap { Int32($0) }
        return 3...((open.max() ?? 3) + 64)
    }

    /// Waits for the exit on a separate thread, because dispatch would block a thread that the cooperative pool needs. Returns the status
    /// as a shell does: 128 plus the signal number after a signal. Call it once.
    public func exit() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: waitBlocking()) }
        }
    }

    /// Reaps the process in the background when it exits, so that it does not remain a zombie.
    public func reapInBackground() {
        Thread.detachNewThread { _ = waitBlocking() }
    }

    /// Waits for the exit on the calling thread; returns the same status as `exit`. Call it once.
    public func waitBlocking() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
