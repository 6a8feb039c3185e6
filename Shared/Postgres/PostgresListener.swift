internal import CLibpq
public import Logging

/// Hears NOTIFY on a connection of its own, and reconnects by itself.
///
/// What it tells is a hint that there may be something to do, no more: several notifications may come as one, and while it is
/// reconnecting they are lost, so whoever listens polls as well. After each connect every channel gets one hint.
public final class PostgresListener: Sendable {
    private typealias Stream = AsyncStream<String>.Continuation

    private struct State {
        var streams: [UInt64: (channel: String, stream: Stream)] = [:]
        var lastID: UInt64 = 0
        var isEnded = false
    }

    /// A connection that says nothing for so long is asked whether it lives: a lost network is silent too.
    private static let silence = Duration.seconds(30)

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger
    private let state = PostgresLock(State())

    /// Listens to nothing before `run`.
    public init(_ configuration: PostgresConfiguration, channels: [String], logger: Logger) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
    }

    /// The hints for one channel, as its name; the newest only is kept until it is taken. The stream ends with `run`.
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

    /// Listens until the task is cancelled. Failures are logged, and followed by another attempt after a bounded pause.
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
                    try await session.notifications(within: Self.silence).forEach(hint)
                }
            } catch {
                if Task.isCancelled { break }
                failures += 1
                logger.warning("listening is interrupted", metadata: ["reason": "\(error)"])
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
        // Outside the lock, for finishing calls `onTermination`.
        for stream in streams { stream.finish() }
    }
}

extension PostgresSession {
    /// The channels that were notified; none after a silence that the server survived.
    fileprivate func notifications(within silence: Duration) async throws -> [String] {
        var heard = takeNotifications()
        if !heard.isEmpty { return heard }
        if await watch.wait(for: .readable, until: .after(silence), shielded: false) == .deadline {
            try await simple("select", name: "listen", until: deadline())
        }
        try Task.checkCancellation()
        guard PQconsumeInput(handle) == 1 else { throw lost() }
        heard = takeNotifications()
        return heard
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
