import Foundation
import Glibc

/// A small HTTP client for the services of this machine: one request, one connection, bounded in time and size.
enum LoopbackHTTP {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let body: Data
    }

    private static let greatestAnswerBytes = 16 << 20

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
        // HTTP/1.0: the answer comes whole, and the connection ends with it.
        let lines =
            ["\(method) \(path) HTTP/1.0", "Host: 127.0.0.1:\(port)", "Connection: close", "Content-Length: \(body.utf8.count)"] + headers
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
        let descriptor = try connected(port: port, seconds: seconds)
        defer { close(descriptor) }
        guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw Complaint("port \(port) takes no request")
        }
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let end = ContinuousClock.now + .seconds(seconds)
        while received.count < greatestAnswerBytes {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return try answer(received, port) }
            guard count > 0, ContinuousClock.now < end else { break }
            received.append(contentsOf: buffer[..<count])
        }
        throw Complaint("port \(port) did not answer within \(seconds) s")
    }

    private static func connected(port: Int, seconds: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw Complaint("nobody answers at port \(port): \(reason)")
        }
        return descriptor
    }

    private static func answer(_ received: Data, _ port: Int) throws -> Answer {
        guard let blank = received.range(of: Data("\r\n\r\n".utf8)),
            let head = String(data: received[..<blank.lowerBound], encoding: .utf8),
            let status = head.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap({ Int($0) })
        else { throw Complaint("what port \(port) answers is not HTTP") }
        return Answer(status: status, body: Data(received[blank.upperBound...]))
    }
}
