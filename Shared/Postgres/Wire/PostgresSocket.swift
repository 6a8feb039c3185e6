internal import Glibc

/// The one question libpq has no call for.
enum PostgresSocket {
    /// True too when the socket is closed or broken. Never blocks.
    static func hasSomethingToRead(_ descriptor: Int32) -> Bool {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&question, 1, 0) != 0
    }
}
