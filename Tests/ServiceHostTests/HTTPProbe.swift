import Foundation

/// Sends one request over its own socket and reads the response until the peer closes the connection.
struct HTTPProbe {
    let status: Int
    let head: String
    let body: String

    /// Longer than any response under test takes on a loaded machine.
    private static let timeoutSeconds = 60

    static func get(_ port: Int, _ path: String, headers: [String] = []) async throws -> HTTPProbe {
        try await send(port, "GET \(path) HTTP/1.1\r\n" + request(headers))
    }

    static func post(_ port: Int, _ path: String, headers: [String] = [], body: String) async throws -> HTTPProbe {
        try await send(port, "POST \(path) HTTP/1.1\r\n" + request(headers + ["Content-Length: \(body.utf8.count)"]) + body)
    }

    private static func request(_ headers: [String]) -> String {
        (["Host: localhost", "Connection: close"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    static func send(_ port: Int, _ text: String) async throws -> HTTPProbe {
        let answer = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<String, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try exchange(port, text) }) }
        }
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let status = answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return HTTPProbe(status: status ?? 0, head: String(parts.first ?? ""), body: parts.count > 1 ? String(parts[1]) : "")
    }

    private static func exchange(_ port: Int, _ text: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
        let bytes = Array(text.utf8)
        // A peer that refuses early may close the connection before everything is sent; its response is read anyway.
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}

/// Waits until a condition holds, for at most 60 seconds; returns whether it does.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}
