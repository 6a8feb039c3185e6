import Foundation
import Glibc

/// One connection to an HTTP server, kept open from request to request. It blocks: each has a thread of its own. It costs little, for it
/// shares the processors with what it measures.
final class HTTPLine {
    /// What came back.
    struct Answer {
        let status: Int
        let body: String

        /// What stands behind a text, up to the next quotation mark; nil where there is no such text.
        func text(behind before: String) -> String? {
            body.range(of: before, options: .literal).map { String(body[$0.upperBound...].prefix { $0 != "\"" }) }
        }
    }

    private static let secondsAtMost = 60

    private let descriptor: Int32
    private let port: Int
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    init(port: Int) throws {
        self.port = port
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: Self.secondsAtMost, tv_usec: 0)
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
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else { throw BenchmarkError("nobody answers at port \(port)") }
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for its answer.
    func ask(_ method: String, _ path: String, headers: [String] = [], body: String = "") throws -> Answer {
        let lines =
            [
                "\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Content-Type: application/json",
                "Content-Length: \(body.utf8.count)",
            ]
            + headers
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw BenchmarkError("port \(port) takes no request")
        }
        var received: [UInt8] = []
        var head: (end: Int, status: Int, length: Int)?
        while true {
            if head == nil, let end = Self.endOfHead(received) { head = try Self.head(received[..<end]) }
            if let head, received.count >= head.end + head.length {
                return Answer(status: head.status, body: String(decoding: received[head.end..<head.end + head.length], as: UTF8.self))
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw BenchmarkError("port \(port) did not answer in \(Self.secondsAtMost) s") }
            received += buffer[..<count]
        }
    }

    /// Behind the empty line, once it is there.
    private static func endOfHead(_ received: [UInt8]) -> Int? {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard received.count >= blank.count else { return nil }
        return (blank.count...received.count).first { received[($0 - blank.count)..<$0].elementsEqual(blank) }
    }

    private static func head(_ head: ArraySlice<UInt8>) throws -> (end: Int, status: Int, length: Int) {
        let text = String(decoding: head, as: UTF8.self).lowercased()
        let status = Int(text.dropFirst("http/1.1 ".count).prefix(3))
        let length = text.range(of: "\r\ncontent-length:", options: .literal).flatMap { name in
            Int(text[name.upperBound...].prefix { $0 != "\r\n" }.trimmingCharacters(in: .whitespaces))
        }
        guard let status, let length else { throw BenchmarkError("an answer without status or length") }
        return (head.endIndex, status, length)
    }
}
