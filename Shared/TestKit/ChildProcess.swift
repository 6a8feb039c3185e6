import Dispatch
import Glibc

/// A child process, spawned plainly. Foundation's `Process` takes a child for running as long as any grandchild lives, and
/// a program that starts a server leaves one.
public struct ChildProcess: Sendable {
    /// Its process id.
    public let pid: Int32

    /// Starts it.
    /// - Parameters:
    ///   - command: the program's path, then its arguments.
    ///   - environment: `NAME=value`, the whole of it.
    ///   - input: what becomes its standard input; nil is nothing to read.
    ///   - output: the path its standard output and errors are appended to.
    public init(
        _ command: [String], environment: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"], input: Int32? = nil,
        output: String = "/dev/null"
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
        // Swift's worker threads block signals, and a child inherits that: pgbench would never hear its own alarm clock.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var nothingBlocked = sigset_t()
        sigemptyset(&nothingBlocked)
        posix_spawnattr_setsigmask(&attributes, &nothingBlocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var started: pid_t = 0
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        let status = posix_spawn(&started, command[0], &actions, &attributes, arguments, variables)
        guard status == 0 else {
            throw PrivatePostgresError(description: "cannot start \(command[0]): \(String(cString: strerror(status)))")
        }
        pid = started
    }

    /// Waits for its end on a thread that may block; the status is a shell's, 128 and more for a signal. Call it once.
    public func exit() async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: waitBlocking()) }
        }
    }

    /// Collects it when it ends, so that it does not stay as a zombie, while nobody waits.
    func collectLater() {
        DispatchQueue(label: "quan.child").async { _ = waitBlocking() }
    }

    private func waitBlocking() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
