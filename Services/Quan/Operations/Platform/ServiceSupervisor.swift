import Foundation
import Kernel

/// Keeps one service running: starts its process, and restarts it after a growing pause when it has ended.
actor ServiceSupervisor {
    let service: PlatformService
    let httpPort: Int
    private let program: String
    private let arguments: [String]
    private let log: String
    private let changed: @Sendable () async -> Void
    private var environment: [String: String]
    private var child: Child?
    private var isStopping = false
    /// Whether its process ended because it refused its settings or credentials. It is not started again: it would end the same way.
    private(set) var hasRefusedItsSettings = false

    /// The exit status of a service that refuses its settings or credentials (`EX_USAGE` of sysexits).
    static let refusedSettings: Int32 = 64
    private var backoff = Backoff.ofRestarts()

    /// - Parameters:
    ///   - environment: the process's complete environment.
    ///   - changed: called after each start of a process.
    init(
        _ service: PlatformService, program: String, arguments: [String] = [], httpPort: Int, log: String, environment: [String: String],
        changed: @escaping @Sendable () async -> Void
    ) {
        self.service = service
        self.program = program
        self.arguments = arguments
        self.httpPort = httpPort
        self.log = log
        self.environment = environment
        self.changed = changed
    }

    /// The process id; 0 while no process is running.
    var pid: Int32 { child?.pid ?? 0 }

    /// Keeps the service running until `stop`.
    func run() async {
        while !isStopping {
            let began = ContinuousClock.now
            do {
                let child = try await Child.start([program] + arguments, environment: environment, log: log)
                self.child = child
                if isStopping { child.signal(SIGTERM) }
                await changed()
                let status = await child.status()
                self.child = nil
                guard !isStopping else { return }
                if status == Self.refusedSettings {
                    hasRefusedItsSettings = true
                    Notice.print("\(service.name) refuses its settings or credentials and is not started again; see \(log)")
                    return await changed()
                }
                Notice.print("\(service.name) ended with status \(status); see \(log)")
            } catch {
                Notice.print("\(service.name) failed to start: \(error)")
            }
            guard !isStopping else { return }
            try? await Task.sleep(for: backoff.next(afterRunning: .now - began))
        }
    }

    /// Changes an environment variable and kills the process, which is restarted with it. The new process repeats unfinished work.
    func restart(with name: String, _ value: String) {
        environment[name] = value
        child?.signal(SIGKILL)
    }

    /// Stops the service within the deadline.
    func stop(within deadline: Duration) async {
        isStopping = true
        await child?.stop(within: deadline)
    }
}
