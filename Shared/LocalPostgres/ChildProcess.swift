import Foundation
public import Glibc
import Synchronization

/// A child process, spawned plainly, with no signal blocked and no descriptor inherited.
///
/// Foundation's `Process` takes a child for running as long as any grandchild lives, and a program that starts a server leaves
/// one. It also hands on the signal mask of the thread it is called from, and a thread of the cooperative pool has almost
/// all signals blocked: a `pgbench -T 5` never hears its alarm.
public struct ChildProcess: Sendable {
    /// Its process id.
    public let pid: pid_t

    private static let starting = Mutex(())

    /// Runs `body` while no child is being started. Between fork and exec a child holds a copy of every descriptor of ours, and what
    /// closes a listening socket to open it again at once (librdkafka's mock broker that goes down) finds the port taken, and aborts.
    public static func whileNoneStarts<R>(_ body: () throws -> R) rethrows -> R { try starting.withLock { _ in try body() } }

    /// Starts a program. It inherits no other descriptor: a child that held a socket of ours would keep the connection alive when
    /// we close it.
    /// - Parameters:
    ///   - command: the program's path, then its arguments.
    ///   - environment: `NAME=value`, the whole of it.
    ///   - input: what becomes its standard input; nil is nothing to read.
    ///   - output: the path its standard output and errors are appended to.
    ///   - reports: what becomes its standard output, if that is to be kept apart from its errors.
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
        let status = Self.whileNoneStarts { posix_spawn(&started, command[0], &actions, &attributes, arguments, variables) }
        guard status == 0 else {
            throw PrivatePostgresError(description: "cannot start \(command[0]): \(String(cString: strerror(status)))")
        }
        pid = started
    }

    /// The descriptors that a child might inherit: those that are open, and as many as may be opened meanwhile. Closing one that is
    /// not open is no error.
    private static var inheritable: ClosedRange<Int32> {
        let open = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap { Int32($0) }
        return 3...((open.max() ?? 3) + 64)
    }

    /// Waits for its end, on a thread of its own: dispatch would block one that the cooperative pool needs. The status is a
    /// shell's, 128 and more for a signal. Call it once.
    public func exit() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: waitBlocking()) }
        }
    }

    /// Collects it when it ends, so that it does not stay as a zombie, while nobody waits.
    public func collectLater() {
        Thread.detachNewThread { _ = waitBlocking() }
    }

    /// Waits for its end on the calling thread; the status is as of `exit`. Call it once.
    public func waitBlocking() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
