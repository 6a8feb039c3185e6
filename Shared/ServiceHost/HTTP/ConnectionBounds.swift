/// How long a connection may take for what it sends, and how many there may be.
struct ConnectionBounds: Sendable {
    /// For the head of a request, from its first byte; of a new connection from its opening.
    var headDeadline: Duration = .seconds(10)
    /// Between one request's answer and the next one's first byte.
    var idleDeadline: Duration = .seconds(60)
    /// For the body, besides what it may take at the least rate.
    var bodyGrace: Duration = .seconds(10)
    /// The least rate of a body.
    var leastBodyBytesPerSecond = 16 << 10
    /// How long what is still sent after an answer that ends the connection is read and dropped, so that the answer arrives.
    var lingering: Duration = .seconds(2)
    /// In all.
    var mostConnections = 1024
    /// Of one client's address; those of configured proxies are not counted.
    var mostConnectionsOfClient = 512
}
