import Dispatch
import Logging
import Synchronization

/// The shutdown of the process within a deadline.
///
/// A dispatch timer enforces the deadline, so that it holds even when all of Swift's task threads are blocked.
final class Shutdown: Sendable {
    private struct State {
        var hasBegun = false
        var code = ExitCode.clean
        var running: Set<String> = []
        var trigger: (@Sendable () -> Void)?
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let deadline: Duration
    private let drain: DrainState
    private let logger: Logger
    private let forceExit: @Sendable (ExitCode) -> Void

    /// - Parameters:
    ///   - deadline: the maximum time from `begin` to `end`.
    ///   - drain: begins to drain when the shutdown begins.
    ///   - forceExit: ends the process at the deadline.
    init(deadline: Duration, drain: DrainState, logger: Logger, forceExit: @escaping @Sendable (ExitCode) -> Void) {
        self.deadline = deadline
        self.drain = drain
        self.logger = logger
        self.forceExit = forceExit
    }

    /// The exit code of the process, as known so far.
    var code: ExitCode { state.withLock { $0.code } }

    /// Whether the shutdown has begun.
    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Sets the function that stops the components. It is called once when the shutdown begins, or at once if it has begun already.
    func onBegin(_ trigger: @escaping @Sendable () -> Void) {
        let hasBegun = state.withLock { state in
            state.trigger = trigger
            return state.hasBegun
        }
        if hasBegun { trigger() }
    }

    /// Begins the shutdown. Later calls only replace the exit code `clean`.
    func begin(_ reason: String, code: ExitCode = .clean) {
        let (isFirst, trigger) = state.withLock { state in
            defer { state.hasBegun = true }
            if state.code == .clean { state.code = code }
            return (!state.hasBegun, state.trigger)
        }
        guard isFirst else { return }
        drain.begin()
        logger.notice("stopping", metadata: ["reason": "\(reason)", "deadline": "\(deadline.settingText)"])
        armDeadline()
        trigger?()
    }

    /// Records that a component runs, so that the log can name the components that did not stop.
    func componentStarted(_ name: String) { state.withLock { _ = $0.running.insert(name) } }

    /// Records that a component has ended.
    func componentEnded(_ name: String) { state.withLock { _ = $0.running.remove(name) } }

    /// Records that all components have ended, and so cancels the deadline.
    func end() { state.withLock { $0.hasEnded = true } }

    private func armDeadline() {
        let queue = DispatchQueue(label: "shutdown")
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: deadline.wholeMilliseconds))) { [self] in
            let (hasEnded, running) = state.withLock { ($0.hasEnded, $0.running.sorted().joined(separator: ", ")) }
            guard !hasEnded else { return }
            logger.critical(
                "did not stop within the deadline; the next start continues the unfinished work",
                metadata: ["deadline": "\(deadline.settingText)", "still_running": "\(running)"])
            forceExit(.failure)
        }
    }
}
