import Foundation

/// A connection that a test keeps open and writes to in small parts, like a slow or malicious client.
final class OpenSocket: @unchecked Sendable {
    private let descriptor: Int32

    init(_ port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            throw POSIXError(.ECONNREFUSED)
        }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Reads the received bytes without waiting; nil after the peer has closed the connection.
    func received() -> String? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count == 0 { return nil }
        if count < 0 { return errno == EAGAIN || errno == EWOULDBLOCK ? "" : nil }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// Waits until the peer closes the connection, and returns whether it did before the timeout. `text` is what it has sent before.
    func closes(reading text: inout String) async -> Bool {
        var all = ""
        let isClosed = await eventually {
            guard let more = received() else { return true }
            all += more
            return false
        }
        text = all
        return isClosed
    }
}
