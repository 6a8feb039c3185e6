import Foundation

/// Keeps one service running: starts its process, and starts it again, a little later each time, when it has ended.
actor ServiceKeeper {
    let service: PlatformService
    let httpPort: Int
    private let program: String
    private let arguments: [String]
    private let log: String
    private let changed: @Sendable () async -> Void
    private var environment: [String: String]
    private var child: Child?
    private var isStopping = false
    private var backOff = BackOff()

    /// - Parameters:
    ///   - environment: the whole of the process's environment.
    ///   - changed: called when its process is another one.
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

    /// The running process; 0 while none runs.
    var pid: Int32 { child?.pid ?? 0 }

    /// Keeps it running until `stop`.
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
                Notice.say("\(service.name) ended with status \(status); see \(log)")
            } catch {
                Notice.say("\(service.name) does not start: \(error)")
            }
            guard !isStopping else { return }
            try? await Task.sleep(for: backOff.pause(afterRunning: .now - began))
        }
    }

    /// Has it run with another setting from its next start on, and starts it anew at once: what its process held is done again after.
    func restart(with name: String, _ value: String) {
        environment[name] = value
        child?.signal(SIGKILL)
    }

    /// Ends it in order, within the deadline.
    func stop(within deadline: Duration) async {
        isStopping = true
        await child?.stop(within: deadline)
    }
}
