import Foundation
import LocalPostgres

/// A program that lives no longer than this process: the kernel kills it when this process dies, of whatever it dies.
///
/// The kernel sends that signal when the *thread* that started the child ends. So each child has a thread of its own, which starts it and
/// then waits for its end.
struct Child: Sendable {
    /// Its process id.
    let pid: pid_t
    private let ending: Task<Int32, Never>

    /// How glibc is to give out memory: a thread keeps what it gives back for what it asks for next, which with many small messages is
    /// most of it.
    private static let memory = ["GLIBC_TUNABLES": "glibc.malloc.tcache_count=200:glibc.malloc.mxfast=0"]

    /// Starts a program.
    /// - Parameters:
    ///   - command: the program's path, then its arguments.
    ///   - environment: the whole of it.
    ///   - input: what becomes its standard input; nil is nothing to read.
    ///   - log: the file its output is appended to.
    ///   - reports: what becomes its standard output, if that is to be kept apart.
    static func start(
        _ command: [String], environment: [String: String], input: Int32? = nil, log: String, reports: Int32? = nil
    ) async throws -> Child {
        // A session of its own: Ctrl-C at the terminal is for this process, which stops its children in order.
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

    /// Its exit status once it has ended; 128 and more for a signal. May be asked by many.
    func status() async -> Int32 { await ending.value }

    /// Sends it a signal.
    func signal(_ number: Int32) { kill(pid, number) }

    /// Asks it to end, and kills it when it has not by the deadline.
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
