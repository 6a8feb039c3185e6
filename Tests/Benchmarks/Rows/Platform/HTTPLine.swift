import Foundation
import Glibc

/// One connection to an HTTP server, kept open from request to request. It blocks: each has a thread of its own.
final class HTTPLine {
    /// What came back.
    struct Answer {
        let status: Int
        let body: String
    }

    private static let secondsAtMost = 60

    private let descriptor: Int32
    private let port: Int

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
        var received = Data()
        var head: (end: Int, status: Int, length: Int)?
        while true {
            if head == nil, let blank = received.range(of: Data("\r\n\r\n".utf8)) { head = try Self.head(received, blank) }
            if let head, received.count >= head.end + head.length {
                return Answer(status: head.status, body: String(decoding: received[head.end..<head.end + head.length], as: UTF8.self))
            }
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw BenchmarkError("port \(port) did not answer in \(Self.secondsAtMost) s") }
            received.append(contentsOf: buffer[..<count])
        }
    }

    private static func head(_ received: Data, _ blank: Range<Data.Index>) throws -> (end: Int, status: Int, length: Int) {
        let lines = String(decoding: received[..<blank.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let length = lines.compactMap { line -> Int? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
            return Int(parts[1].trimmingCharacters(in: .whitespaces))
        }.first
        guard let status, let length else { throw BenchmarkError("an answer without status or length") }
        return (blank.upperBound, status, length)
    }
}
