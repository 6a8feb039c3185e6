import Dispatch
import Logging
import Synchronization

/// The way from the first reason to stop to the process's end, within a deadline.
///
/// The deadline is kept by a dispatch timer: it must hold even when the threads that run Swift's tasks are all stuck.
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
    private let drain: DrainSwitch
    private let logger: Logger
    private let giveUp: @Sendable (ExitCode) -> Void

    /// - Parameters:
    ///   - deadline: the longest time from `begin` to `end`.
    ///   - drain: turned on when it begins.
    ///   - giveUp: ends the process when the deadline is over.
    init(deadline: Duration, drain: DrainSwitch, logger: Logger, giveUp: @escaping @Sendable (ExitCode) -> Void) {
        self.deadline = deadline
        self.drain = drain
        self.logger = logger
        self.giveUp = giveUp
    }

    /// How the process ends as things stand.
    var code: ExitCode { state.withLock { $0.code } }

    /// Whether it has begun.
    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Says what stops the running parts; called once, at once if stopping has begun already.
    func onBegin(_ trigger: @escaping @Sendable () -> Void) {
        let hasBegun = state.withLock { state in
            state.trigger = trigger
            return state.hasBegun
        }
        if hasBegun { trigger() }
    }

    /// Begins to stop; only the first call counts, and its code with it unless that is `clean`.
    func begin(_ reason: String, code: ExitCode = .clean) {
        let (isFirst, trigger) = state.withLock { state in
            defer { state.hasBegun = true }
            if state.code == .clean { state.code = code }
            return (!state.hasBegun, state.trigger)
        }
        guard isFirst else { return }
        drain.turnOn()
        logger.notice("stopping", metadata: ["reason": "\(reason)", "deadline": "\(deadline.settingText)"])
        armDeadline()
        trigger?()
    }

    /// Notes that a part runs, so that the log can name what did not stop.
    func partBegan(_ name: String) { state.withLock { _ = $0.running.insert(name) } }

    /// Notes that a part ended.
    func partEnded(_ name: String) { state.withLock { _ = $0.running.remove(name) } }

    /// Says that all has ended: the deadline no longer matters.
    func end() { state.withLock { $0.hasEnded = true } }

    private func armDeadline() {
        let queue = DispatchQueue(label: "shutdown")
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: deadline.wholeMilliseconds))) { [self] in
            let (hasEnded, running) = state.withLock { ($0.hasEnded, $0.running.sorted().joined(separator: ", ")) }
            guard !hasEnded else { return }
            logger.critical(
                "did not stop within the deadline; what was not finished is left to the next start",
                metadata: ["deadline": "\(deadline.settingText)", "still_running": "\(running)"])
            giveUp(.failure)
        }
    }
}
