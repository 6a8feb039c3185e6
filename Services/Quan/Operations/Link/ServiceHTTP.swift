package import Foundation
import Glibc
import Synchronization

/// The host and port of an HTTP server.
package struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    /// A host name or an IPv4 address.
    package let host: String
    package let port: Int

    package var description: String { "\(host):\(port)" }
}

/// A small HTTP client for the services of an installation, bounded in time and size. Connections are reused. A request whose connection
/// turns out to be closed is sent once more on a new one, so that requests must be idempotent.
package enum ServiceHTTP {
    /// A response.
    package struct Answer: Sendable {
        package let status: Int
        package let body: Data
    }

    static let maximumAnswerBytes = 16 << 20

    /// Sends a GET request. Throws a `CommandError` if there is no answer in time.
    package static func get(_ address: HTTPAddress, _ path: String, headers: [String] = [], within deadline: Duration) async throws
        -> Answer
    {
        try await send("GET", address, path, headers: headers, body: "", within: deadline)
    }

    /// Sends a GET request to a service on this machine.
    package static func get(port: Int, _ path: String, headers: [String] = [], within deadline: Duration) async throws -> Answer {
        try await get(HTTPAddress(host: "127.0.0.1", port: port), path, headers: headers, within: deadline)
    }

    /// Sends a POST request to a service on this machine. Throws a `CommandError` if there is no answer in time.
    package static func post(port: Int, _ path: String, headers: [String] = [], body: String, within deadline: Duration) async throws
        -> Answer
    {
        try await send(
            "POST", HTTPAddress(host: "127.0.0.1", port: port), path, headers: headers + ["Content-Type: application/json"], body: body,
            within: deadline)
    }

    private static func send(
        _ method: String, _ address: HTTPAddress, _ path: String, headers: [String], body: String, within deadline: Duration
    ) async throws -> Answer {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: \(address)", "Content-Length: \(body.utf8.count)"] + headers
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        let seconds = Int(deadline.components.seconds) + 1
        return try await withCheckedThrowingContinuation { continuation in
            // The exchange blocks, so it needs its own thread.
            Thread.detachNewThread {
                continuation.resume(with: Result { try exchange(request, address, seconds: seconds) })
            }
        }
    }

    private static func exchange(_ request: [UInt8], _ address: HTTPAddress, seconds: Int) throws -> Answer {
        let end = ContinuousClock.now + .seconds(seconds)
        if let kept = ServiceConnection.takeIdle(address) {
            do {
                return try kept.exchange(request, seconds: seconds, until: end)
            } catch ServiceConnection.Fault.closed {
                // The server has closed the idle connection.
            }
        }
        let fresh = try ServiceConnection(address, seconds: seconds)
        do {
            return try fresh.exchange(request, seconds: seconds, until: end)
        } catch ServiceConnection.Fault.closed {
            throw CommandError("\(address) closed the connection without an answer")
        }
    }
}

/// One connection, used by one request at a time.
private final class ServiceConnection: Sendable {
    enum Fault: Error {
        /// The connection was closed before the first byte of an answer.
        case closed
    }

    private static let maximumIdle = 256
    private static let idle = Mutex<[HTTPAddress: [ServiceConnection]]>([:])

    private let place: HTTPAddress
    private let descriptor: Int32

    /// Takes an idle connection; nil if there is none.
    static func takeIdle(_ place: HTTPAddress) -> ServiceConnection? { idle.withLock { $0[place]?.popLast() } }

    /// Connects. Throws a `CommandError` if the server does not accept the connection.
    init(_ place: HTTPAddress, seconds: Int) throws {
        self.place = place
        var address = try Self.resolve(place)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        limit(seconds)
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else { throw CommandError("cannot connect to \(place): \(String(cString: strerror(errno)))") }
    }

    /// Resolves the host's name.
    private static func resolve(_ place: HTTPAddress) throws -> sockaddr_in {
        var hints = addrinfo()
        (hints.ai_family, hints.ai_socktype) = (AF_INET, Int32(SOCK_STREAM.rawValue))
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(place.host, nil, &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard status == 0, let first = found?.pointee.ai_addr else {
            throw CommandError("unknown host \(place.host): \(String(cString: gai_strerror(status)))")
        }
        var address = first.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee }
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: place.port)).bigEndian
        return address
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private func limit(_ seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Sends a request and waits for its answer; then keeps the connection for reuse.
    func exchange(_ request: [UInt8], seconds: Int, until end: ContinuousClock.Instant) throws -> ServiceHTTP.Answer {
        limit(seconds)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { throw Fault.closed }
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while received.count < ServiceHTTP.maximumAnswerBytes {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET), received.isEmpty { throw Fault.closed }
            guard count > 0, ContinuousClock.now < end else { break }
            received.append(contentsOf: buffer[..<count])
            if let head = try ServiceHead(received, place), received.count >= head.bytes + head.bodyBytes {
                if head.isKeepAlive, received.count == head.bytes + head.bodyBytes { keep() }
                return ServiceHTTP.Answer(status: head.status, body: Data(received[head.bytes..<(head.bytes + head.bodyBytes)]))
            }
        }
        throw CommandError("\(place) did not answer within \(seconds) s")
    }

    private func keep() {
        Self.idle.withLock { idle in
            if idle[place, default: []].count < Self.maximumIdle { idle[place, default: []].append(self) }
        }
    }
}

/// The parsed head of a response.
private struct ServiceHead {
    /// The length of the head with the blank line.
    let bytes: Int
    let status: Int
    let bodyBytes: Int
    let isKeepAlive: Bool

    /// Nil while the head is incomplete. Throws a `CommandError` if it is not HTTP or has no Content-Length.
    init?(_ received: Data, _ place: HTTPAddress) throws {
        guard let blank = received.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<blank.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        func field(_ name: String) -> String? {
            lines.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }.map {
                $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }
        }
        guard let status = lines.first?.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap({ Int($0) }),
            let length = field("content-length").flatMap({ Int($0) }), length >= 0
        else { throw CommandError("the answer of \(place) is not HTTP with a Content-Length") }
        (self.status, bytes, bodyBytes) = (status, blank.upperBound, length)
        isKeepAlive = field("connection")?.lowercased() != "close"
    }
}
