import Foundation
import Glibc
import Synchronization

/// A small HTTP client for the services of this machine, bounded in time and size. Connections are kept and used again; a request that
/// finds its connection closed is sent once more on a new one, so that only such requests go through here as may come twice.
enum LoopbackHTTP {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let body: Data
    }

    static let greatestAnswerBytes = 16 << 20

    /// Asks a service for a page. Throws a `Complaint` when nobody answers in time.
    static func get(port: Int, _ path: String, headers: [String] = [], within deadline: Duration) async throws -> Answer {
        try await send("GET", port: port, path, headers: headers, body: "", within: deadline)
    }

    /// Sends a service something. Throws a `Complaint` when nobody answers in time.
    static func post(port: Int, _ path: String, headers: [String] = [], body: String, within deadline: Duration) async throws -> Answer {
        try await send("POST", port: port, path, headers: headers + ["Content-Type: application/json"], body: body, within: deadline)
    }

    private static func send(
        _ method: String, port: Int, _ path: String, headers: [String], body: String, within deadline: Duration
    ) async throws -> Answer {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Content-Length: \(body.utf8.count)"] + headers
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        let seconds = Int(deadline.components.seconds) + 1
        return try await withCheckedThrowingContinuation { continuation in
            // On a thread of its own, which may block.
            Thread.detachNewThread {
                continuation.resume(with: Result { try exchange(request, port: port, seconds: seconds) })
            }
        }
    }

    private static func exchange(_ request: [UInt8], port: Int, seconds: Int) throws -> Answer {
        let end = ContinuousClock.now + .seconds(seconds)
        if let kept = LoopbackConnection.kept(port: port) {
            do {
                return try kept.exchange(request, seconds: seconds, until: end)
            } catch LoopbackConnection.Fault.closed {
                // It had been let go of in the meantime.
            }
        }
        let fresh = try LoopbackConnection(port: port, seconds: seconds)
        do {
            return try fresh.exchange(request, seconds: seconds, until: end)
        } catch LoopbackConnection.Fault.closed {
            throw Complaint("port \(port) closes the connection without an answer")
        }
    }
}

/// One connection, used by one request at a time.
private final class LoopbackConnection: Sendable {
    enum Fault: Error {
        /// It was closed before anything of an answer had come.
        case closed
    }

    private static let keptAtMost = 256
    private static let idle = Mutex<[Int: [LoopbackConnection]]>([:])

    private let port: Int
    private let descriptor: Int32

    /// One that was used before; nil where there is none.
    static func kept(port: Int) -> LoopbackConnection? { idle.withLock { $0[port]?.popLast() } }

    /// Connects. Throws a `Complaint` when nobody listens.
    init(port: Int, seconds: Int) throws {
        self.port = port
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        limit(seconds)
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else { throw Complaint("nobody answers at port \(port): \(String(cString: strerror(errno)))") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private func limit(_ seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Sends a request and waits for its answer; then the connection is kept for another one.
    func exchange(_ request: [UInt8], seconds: Int, until end: ContinuousClock.Instant) throws -> LoopbackHTTP.Answer {
        limit(seconds)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { throw Fault.closed }
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while received.count < LoopbackHTTP.greatestAnswerBytes {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET), received.isEmpty { throw Fault.closed }
            guard count > 0, ContinuousClock.now < end else { break }
            received.append(contentsOf: buffer[..<count])
            if let head = try LoopbackHead(received, port), received.count >= head.bytes + head.bodyBytes {
                if head.isKept, received.count == head.bytes + head.bodyBytes { keep() }
                return LoopbackHTTP.Answer(status: head.status, body: Data(received[head.bytes..<(head.bytes + head.bodyBytes)]))
            }
        }
        throw Complaint("port \(port) did not answer within \(seconds) s")
    }

    private func keep() {
        Self.idle.withLock { idle in
            if idle[port, default: []].count < Self.keptAtMost { idle[port, default: []].append(self) }
        }
    }
}

/// The head of an answer, as far as a client needs it.
private struct LoopbackHead {
    /// Its own length, the blank line included.
    let bytes: Int
    let status: Int
    let bodyBytes: Int
    let isKept: Bool

    /// Nil while it has not come whole. Throws a `Complaint` where it is not HTTP, or does not tell the body's length.
    init?(_ received: Data, _ port: Int) throws {
        guard let blank = received.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<blank.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        func field(_ name: String) -> String? {
            lines.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }.map {
                $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }
        }
        guard let status = lines.first?.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap({ Int($0) }),
            let length = field("content-length").flatMap({ Int($0) }), length >= 0
        else { throw Complaint("what port \(port) answers is not HTTP with a length") }
        (self.status, bytes, bodyBytes) = (status, blank.upperBound, length)
        isKept = field("connection")?.lowercased() != "close"
    }
}
