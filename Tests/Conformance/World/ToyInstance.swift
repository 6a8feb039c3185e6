import Foundation
import Glibc
import Messaging
import Synchronization
import TestKit

/// One toy process: what it was told, what it reported, and how it ended.
final class ToyInstance: Sendable {
    /// How a process ended.
    struct End: Sendable, Hashable {
        /// A shell's status: 128 and more for a signal.
        let status: Int32
        /// The point at which it said it would die.
        let diedAt: FaultPoint?

        var wasKilled: Bool { status == 128 + SIGKILL }
    }

    private struct State {
        /// Our end of its standard input and output; nil once it is closed.
        var channel: Int32?
        var reached: Set<FaultPoint> = []
        var dying: FaultPoint?
        var end: End?
        /// Somebody strikes it already.
        var isTaken = false
    }

    let name: String
    let pid: pid_t
    private let state: Mutex<State>

    /// Starts a process. `promised` is called with the number of each command it has promised.
    init(name: String, environment: [String], log: String, promised: @escaping @Sendable (Int) -> Void) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw WorldError("no socket pair: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[1]) }
        let process: ChildProcess
        do {
            process = try ChildProcess([try Self.program()], environment: environment, input: ends[1], output: log, reports: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        self.name = name
        pid = process.pid
        state = Mutex(State(channel: ends[0]))
        let channel = ends[0]
        Thread.detachNewThread { [self] in
            readReports(channel, promised)
            let status = process.waitBlocking()
            state.withLock { state in
                state.channel = nil
                close(channel)
                state.end = End(status: status, diedAt: state.dying)
            }
        }
    }

    /// It is built beside the tests.
    private static func program() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: tests).deletingLastPathComponent().appending(path: "toy-service").path(percentEncoded: false)
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw WorldError("there is no \(path): build it with `swift build --build-tests`")
        }
        return path
    }

    private func readReports(_ channel: Int32, _ promised: (Int) -> Void) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(channel, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest += buffer[0..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                take(String(decoding: rest[0..<end], as: UTF8.self), promised)
                rest.removeSubrange(0...end)
            }
        }
    }

    private func take(_ line: String, _ promised: (Int) -> Void) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 2 else { return }
        let point = FaultPoint(rawValue: words[1])
        switch (words[0], point) {
        case ("promised", _): if let number = Int(words[1]) { promised(number) }
        case ("reached", let point?): state.withLock { _ = $0.reached.insert(point) }
        case ("dying", let point?): state.withLock { $0.dying = point }
        default: break
        }
    }

    /// Tells it something; what is told to a process that has ended is lost.
    func tell(_ line: String) {
        state.withLock { state in
            guard let channel = state.channel else { return }
            let text = line + "\n"
            _ = send(channel, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Claims it for a fault. False when another fault has it.
    func takeForFault() -> Bool {
        state.withLock { state in
            if state.isTaken || state.end != nil { return false }
            state.isTaken = true
            return true
        }
    }

    /// Signals it. The status is not collected before its end is noted, so the process id is its own.
    func signal(_ signal: Int32) { state.withLock { if $0.end == nil { kill(pid, signal) } } }

    var end: End? { state.withLock { $0.end } }
    var isAlive: Bool { end == nil }

    func hasReached(_ point: FaultPoint) -> Bool { state.withLock { $0.reached.contains(point) } }

    /// Waits for its end, at most so long.
    func ended(within limit: Duration) async throws -> End? {
        try await waited(limit) { isAlive ? nil : end }
    }

    /// Waits until it has reached a point, at most so long. False when it has not, or has ended.
    func reaches(_ point: FaultPoint, within limit: Duration) async throws -> Bool {
        try await waited(limit) { hasReached(point) ? true : isAlive ? nil : false } ?? false
    }
}

/// What stands in the way of a world.
struct WorldError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Looks again and again until there is an answer, or the time is over: then nil.
func waited<R>(_ limit: Duration, looking pause: Duration = .milliseconds(15), _ look: () async throws -> R?) async throws -> R? {
    let end = ContinuousClock.now + limit
    while true {
        if let answer = try await look() { return answer }
        guard ContinuousClock.now < end else { return nil }
        try await Task.sleep(for: pause)
    }
}
