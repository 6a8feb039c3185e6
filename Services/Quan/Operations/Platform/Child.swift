package import Foundation
import LocalPostgres

/// A child process that the kernel kills when this process ends, whatever the cause.
///
/// The kernel sends the signal when the *thread* that started the child ends. Each child therefore has its own thread, which starts it and
/// waits for its end.
package struct Child: Sendable {
    /// The process id.
    package let pid: pid_t
    private let ending: Task<Int32, Never>

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
        let (statuses, status) = AsyncStream.makeStream(of: Int32.self)
        let pid = try await withCheckedThrowingContinuation { (started: CheckedContinuation<pid_t, any Error>) in
            Thread.detachNewThread {
                do {
                    let process = try ChildProcess(bound, environment: variables, input: input, output: log, reports: reports)
                    started.resume(returning: process.pid)
                    status.yield(process.waitBlocking())
                } catch {
                    started.resume(throwing: error)
                }
                status.finish()
            }
        }
        return Child(pid: pid, ending: Task { await statuses.first { _ in true } ?? -1 })
    }

    /// Waits for the end and returns the exit status; 128 or more for a signal. May be called several times.
    package func status() async -> Int32 { await ending.value }

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
