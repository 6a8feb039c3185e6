internal import Glibc

/// A socket check that libpq does not provide.
enum PostgresSocket {
    /// Whether data can be read, or the socket is closed or broken. Never blocks.
    static func isReadable(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) != 0
    }
}
