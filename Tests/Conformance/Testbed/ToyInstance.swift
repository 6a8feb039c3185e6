import Foundation
import Glibc
import Messaging
import Synchronization
import TestKit

/// One process of a toy service: its control channel, its reports, and its end.
final class ToyInstance: Sendable {
    /// How a process ended.
    struct End: Sendable, Hashable {
        /// A shell's status: 128 and more for a signal.
        let status: Int32
        /// The point that it reported before it was killed there.
        let diedAt: FaultPoint?

        var wasKilled: Bool { status == 128 + SIGKILL }
    }

    private struct State {
        /// The socket to its standard input and output; nil once it is closed.
        var channel: Int32?
        var reached: Set<FaultPoint> = []
        var dying: FaultPoint?
        var end: End?
        /// Whether a fault already uses the process.
        var isTaken = false
    }

    let name: String
    let pid: pid_t
    private let state: Mutex<State>

    /// Starts a process. `accepted` is called with the number of each command that it has accepted.
    init(name: String, environment: [String], log: String, accepted: @escaping @Sendable (Int) -> Void) async throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw TestbedError("cannot create a socket pair: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[1]) }
        let process: ChildProcess
        do {
            process = try await ChildProcess(
                [try Self.program()], environment: environment, input: ends[1], output: log, reports: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        self.name = name
        pid = process.pid
        state = Mutex(State(channel: ends[0]))
        let channel = ends[0]
        Thread.detachNewThread { [self] in
            readReports(channel, accepted)
            Task {
                let status = await process.exit()
                state.withLock { state in
                    state.channel = nil
                    close(channel)
                    state.end = End(status: status, diedAt: state.dying)
                }
            }
        }
    }

    /// The path of the program, built next to the tests.
    private static func program() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: tests).deletingLastPathComponent().appending(path: "toy-service").path(percentEncoded: false)
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestbedError("\(path) does not exist: build it with `swift build --build-tests`")
        }
        return path
    }

    private func readReports(_ channel: Int32, _ accepted: (Int) -> Void) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(channel, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest += buffer[0..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                handle(String(decoding: rest[0..<end], as: UTF8.self), accepted)
                rest.removeSubrange(0...end)
            }
        }
    }

    private func handle(_ line: String, _ accepted: (Int) -> Void) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 2 else { return }
        let point = FaultPoint(rawValue: words[1])
        switch (words[0], point) {
        case ("promised", _): if let number = Int(words[1]) { accepted(number) }
        case ("reached", let point?): state.withLock { _ = $0.reached.insert(point) }
        case ("dying", let point?): state.withLock { $0.dying = point }
        default: break
        }
    }

    /// Sends the process a line; does nothing if it has ended.
    func sendLine(_ line: String) {
        state.withLock { state in
            guard let channel = state.channel else { return }
            let text = line + "\n"
            _ = send(channel, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Reserves the process for a fault. Returns false if another fault uses it.
    func takeForFault() -> Bool {
        state.withLock { state in
            if state.isTaken || state.end != nil { return false }
            state.isTaken = true
            return true
        }
    }

    /// Sends a signal; does nothing if it has ended.
    func signal(_ signal: Int32) { state.withLock { if $0.end == nil { kill(pid, signal) } } }

    var end: End? { state.withLock { $0.end } }
    var isAlive: Bool { end == nil }

    func hasReached(_ point: FaultPoint) -> Bool { state.withLock { $0.reached.contains(point) } }

    /// Waits for its end; nil after `limit`.
    func ended(within limit: Duration) async throws -> End? {
        try await poll(limit) { isAlive ? nil : end }
    }

    /// Waits until it has reached a point. Returns false after `limit` or if the process has ended.
    func reaches(_ point: FaultPoint, within limit: Duration) async throws -> Bool {
        try await poll(limit) { hasReached(point) ? true : isAlive ? nil : false } ?? false
    }
}

/// A failure of a test bed itself.
struct TestbedError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Calls `condition` repeatedly until it returns a value; returns nil after `limit`.
func poll<R>(_ limit: Duration, every pause: Duration = .milliseconds(15), _ condition: () async throws -> R?) async throws -> R? {
    let end = ContinuousClock.now + limit
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < end else { return nil }
        try await Task.sleep(for: pause)
    }
}
