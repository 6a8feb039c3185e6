internal import Glibc

/// The reactor as a task executor: tasks that prefer it are resumed on the thread that polls their socket, which saves one of two
/// thread switches per result.
extension PostgresReactor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        if jobs.append(UnownedJob(job)) { interrupt() }
    }

    /// Runs the current jobs; jobs that they enqueue run after the next poll of the sockets.
    func runJobs() {
        for job in jobs.takeAll() {
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

/// The jobs of the reactor's thread, in order.
final class PostgresJobQueue: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var thread: pthread_t?
    }

    private let state = PostgresLock(State())

    var isEmpty: Bool { state.withLock { $0.jobs.isEmpty } }

    /// Makes the calling thread the one that runs the jobs.
    func adoptThread() { state.withLock { $0.thread = pthread_self() } }

    /// True when the thread must be woken: it may be waiting, and this is the first new job.
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
    /// An executor for tasks that mostly wait for the database, such as those that handle message batches:
    /// `Task(executorPreference: PostgresPool.executor) { ... }`, or `withTaskExecutorPreference`.
    ///
    /// The tasks run on the thread that polls all PostgreSQL sockets of the process, which saves a thread switch per result. They must not
    /// compute for long between statements, because that blocks the other tasks.
    public static var executor: any TaskExecutor { PostgresReactor.shared }
}
