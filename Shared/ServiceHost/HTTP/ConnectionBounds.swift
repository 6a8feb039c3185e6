/// The timeouts of a connection, and the maximum numbers of connections.
struct ConnectionBounds: Sendable {
    /// The maximum time to receive a request's head, from its first byte or, on a new connection, from the opening.
    var headDeadline: Duration = .seconds(10)
    /// The maximum time between a response and the first byte of the next request.
    var idleDeadline: Duration = .seconds(60)
    /// The time that a body may take in addition to its size divided by the minimum rate.
    var bodyGrace: Duration = .seconds(10)
    /// The minimum rate of a body.
    var leastBodyBytesPerSecond = 16 << 10
    /// How long bytes are read and discarded after a response that ends the connection, so that the client can read the response.
    var lingering: Duration = .seconds(2)
    /// The maximum number of connections.
    var maximumConnections = 1024
    /// The maximum number of connections of one client's address; those of configured proxies are not counted.
    var maximumConnectionsPerClient = 512
}
