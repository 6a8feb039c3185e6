internal import Glibc

/// The reactor as an executor: tasks that prefer it are resumed by the very thread that heard their socket, so that an
/// answer costs one switch of threads instead of two.
extension PostgresReactor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        if jobs.append(UnownedJob(job)) { interrupt() }
    }

    /// Runs those that are there now; what they enqueue comes after the next look at the sockets.
    func runJobs() {
        for job in jobs.takeAll() {
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

/// Jobs for the reactor's thread, in order.
final class PostgresJobQueue: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var thread: pthread_t?
    }

    private let state = PostgresLock(State())

    var isEmpty: Bool { state.withLock { $0.jobs.isEmpty } }

    /// From now on the calling thread is the one that runs the jobs.
    func adoptThread() { state.withLock { $0.thread = pthread_self() } }

    /// True when the thread has to be told: it may be asleep, and nobody has told it yet.
    func append(_ job: UnownedJob) -> Bool {
        state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count == 1 && state.thread != pthread_self()
        }
    }

    func takeAll() -> [UnownedJob] {
        state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
    }
}

extension PostgresPool {
    /// An executor for tasks that spend their life waiting for the database, such as those that work through batches of
    /// messages: `Task(executorPreference: PostgresPool.executor) { ... }`, or `withTaskExecutorPreference`.
    ///
    /// They run on the one thread that waits for all PostgreSQL sockets of the process, which saves a switch of threads at
    /// each answer. What they do between two statements holds the others up, so it must be short: never a long computation.
    public static var executor: any TaskExecutor { PostgresReactor.shared }
}
