import Glibc
import LocalPostgres

/// A child process that the kernel kills when this process ends, whatever the cause.
///
/// The kernel sends the signal when the *thread* that started the child ends. swift-subprocess starts all children on one thread, which
/// runs until this process ends.
package struct Child: Sendable {
    private let process: ChildProcess
    /// The process id.
    package var pid: Int32 { process.pid }

    /// glibc's allocator settings: large thread caches, because most allocations are small and short-lived.
    private static let memory = ["GLIBC_TUNABLES": "glibc.malloc.tcache_count=200:glibc.malloc.mxfast=0"]

    /// Starts a program.
    /// - Parameters:
    ///   - command: the program's path, then its arguments.
    ///   - environment: the complete environment.
    ///   - input: the descriptor of its standard input; nil for an empty input.
    ///   - log: the file to which its output is appended.
    ///   - reports: the descriptor of its standard output; nil to write it to the log.
    package static func start(
        _ command: [String], environment: [String: String], input: Int32? = nil, log: String, reports: Int32? = nil
    ) async throws -> Child {
        // In a separate session, so that Ctrl-C reaches this process only, which then stops its children in order.
        let bound = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", "/usr/bin/setsid"] + command
        let variables = Self.memory.merging(environment) { $1 }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return Child(process: try await ChildProcess(bound, environment: variables, input: input, output: log, reports: reports))
    }

    /// Waits for the end and returns the exit status; 128 or more for a signal. May be called several times.
    package func status() async -> Int32 { await process.exit() }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(pid, number) }

    /// Sends SIGTERM, and SIGKILL if the process has not ended by the deadline.
    func stop(within deadline: Duration) async {
        signal(SIGTERM)
        let killer = Task {
            try await Task.sleep(for: deadline)
            signal(SIGKILL)
        }
        _ = await status()
        killer.cancel()
    }
}
