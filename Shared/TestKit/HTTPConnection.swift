import Foundation
import Glibc

/// A persistent, blocking connection to an HTTP server of this machine that can send any bytes. Use it from one thread. It uses little
/// CPU, because it runs on the same machine as the tested server.
public final class HTTPConnection {
    /// The outcome of a request.
    public enum Outcome: Sendable {
        /// The server answered.
        case answered(Answer)
        /// No response arrived in time.
        case timedOut
        /// The connection was closed before the response was complete; the value is the reason.
        case closed(String)
    }

    /// A response.
    public struct Answer: Sendable {
        /// The status code.
        public let status: Int
        /// The body.
        public let body: [UInt8]

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// A request.
    public struct Request: Sendable {
        /// The method, sent unchanged.
        public var method: String
        /// The request target, sent unchanged.
        public var path: String
        /// The header lines, sent unchanged.
        public var headers: [String]
        /// The body.
        public var body: [UInt8]

        /// Makes a request.
        public init(method: String = "GET", path: String, headers: [String] = [], body: [UInt8] = []) {
            (self.method, self.path, self.headers, self.body) = (method, path, headers, body)
        }

        fileprivate func bytes(port: Int) -> [UInt8] {
            let lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Content-Length: \(body.count)"] + headers
            return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        }
    }

    private static let timeoutSeconds = 40

    private let port: Int
    private var descriptor: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// A connection to a port of this machine; the first request opens it.
    public init(port: Int) { self.port = port }

    deinit { closeSocket() }

    /// Sends a request and waits for its response. If the server has closed the kept connection meanwhile, the request is sent once more
    /// on a new one.
    public func ask(_ request: Request) -> Outcome {
        let isKept = descriptor >= 0
        let outcome = exchange(request)
        guard isKept, case .closed = outcome else { return outcome }
        return exchange(request)
    }

    private func exchange(_ request: Request) -> Outcome {
        if descriptor < 0 {
            guard connect() else { return .closed("the server refuses the connection") }
        }
        let isSent = send(request.bytes(port: port))
        let outcome = receive()
        switch outcome {
        case .answered where isSent: break
        default: closeSocket()
        }
        return outcome
    }

    private func connect() -> Bool {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: Self.timeoutSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status != 0 { closeSocket() }
        return status == 0
    }

    private func closeSocket() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// A server may answer and stop reading before it has the whole request; its response is read anyway.
    private func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func receive() -> Outcome {
        var received: [UInt8] = []
        var head: Head?
        while true {
            if head == nil { head = Head(received) }
            if let head, received.count >= head.bytes + head.bodyBytes {
                if head.closes { closeSocket() }
                return .answered(Answer(status: head.status, body: Array(received[head.bytes..<head.bytes + head.bodyBytes])))
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return .timedOut }
            guard count > 0 else {
                return .closed(count == 0 ? "closed after \(received.count) bytes" : String(cString: strerror(errno)))
            }
            received += buffer[..<count]
        }
    }

    private struct Head {
        let bytes: Int
        let status: Int
        let bodyBytes: Int
        let closes: Bool

        /// Nil while the header is incomplete.
        init?(_ received: [UInt8]) {
            let blank = Data(received.prefix(64 << 10)).range(of: Data("\r\n\r\n".utf8))
            guard let blank else { return nil }
            let text = String(decoding: received[..<blank.lowerBound], as: UTF8.self).lowercased()
            bytes = blank.upperBound
            status = Int(text.dropFirst("http/1.1 ".count).prefix(3)) ?? 0
            let lines = text.components(separatedBy: "\r\n").dropFirst()
            func field(_ name: String) -> String? {
                lines.first { $0.hasPrefix(name + ":") }.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
            }
            bodyBytes = field("content-length").flatMap { Int($0) } ?? 0
            closes = field("connection") == "close"
        }
    }
}
