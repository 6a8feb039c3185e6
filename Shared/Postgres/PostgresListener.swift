internal import CLibpq
public import Logging

/// Receives NOTIFY on a dedicated connection, and reconnects automatically.
///
/// A hint only means that there may be work: several notifications may be merged, and they are lost during a reconnect, so the
/// receiver must poll as well. After each connect every channel gets one hint.
public final class PostgresListener: Sendable {
    private typealias Stream = AsyncStream<String>.Continuation

    private struct State {
        var streams: [UInt64: (channel: String, stream: Stream)] = [:]
        var lastID: UInt64 = 0
        var isEnded = false
    }

    /// After this time without notifications the connection is checked, because a lost network causes no event.
    private static let idleTimeout = Duration.seconds(30)

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger
    private let state = PostgresLock(State())

    /// Creates a listener; `run` starts it.
    public init(_ configuration: PostgresConfiguration, channels: [String], logger: Logger) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
    }

    /// The hints for one channel; each is the channel's name, and only the newest is buffered. The stream ends with `run`.
    public func hints(on channel: String) -> AsyncStream<String> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { stream in
            let id = state.withLock { state -> UInt64? in
                guard !state.isEnded else { return nil }
                state.lastID += 1
                state.streams[state.lastID] = (channel, stream)
                return state.lastID
            }
            guard let id else { return stream.finish() }
            stream.onTermination = { [weak self] _ in
                guard let self else { return }
                _ = state.withLock { $0.streams.removeValue(forKey: id) }
            }
        }
    }

    /// Listens until the task is cancelled. Failures are logged and retried after a bounded pause.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                let session = try await PostgresSession.connect(configuration)
                defer { session.close() }
                let names = channels.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
                try await session.simple(names.map { "listen \($0)" }.joined(separator: "; "), name: "listen", until: session.deadline())
                failures = 0
                channels.forEach(hint)
                while true {
                    try await session.notifications(within: Self.idleTimeout).forEach(hint)
                }
            } catch {
                if Task.isCancelled { break }
                failures += 1
                logger.warning("PostgreSQL listener interrupted; reconnecting", metadata: ["reason": "\(error)"])
                let milliseconds = min(5000, 50 << min(failures, 7))
                try? await Task.sleep(for: .milliseconds(Int.random(in: milliseconds / 2...milliseconds)))
            }
        }
        end()
    }

    private func hint(_ channel: String) {
        let streams = state.withLock { state in state.streams.values.filter { $0.channel == channel }.map(\.stream) }
        for stream in streams { stream.yield(channel) }
    }

    private func end() {
        let streams = state.withLock { state in
            state.isEnded = true
            defer { state.streams.removeAll() }
            return state.streams.values.map(\.stream)
        }
        // Outside the lock, because `finish` calls `onTermination`.
        for stream in streams { stream.finish() }
    }
}

extension PostgresSession {
    /// The notified channels; empty when none was notified within the timeout and the connection is alive.
    fileprivate func notifications(within timeout: Duration) async throws -> [String] {
        var channels = takeNotifications()
        if !channels.isEmpty { return channels }
        if await watch.wait(for: .readable, until: .after(timeout), shielded: false) == .deadline {
            try await simple("select", name: "listen", until: deadline())
        }
        try Task.checkCancellation()
        guard PQconsumeInput(handle) == 1 else { throw lost() }
        channels = takeNotifications()
        return channels
    }

    private func takeNotifications() -> [String] {
        var channels: [String] = []
        while let notification = PQnotifies(handle) {
            channels.append(String(cString: notification.pointee.relname))
            PQfreemem(notification)
        }
        return channels
    }
}
