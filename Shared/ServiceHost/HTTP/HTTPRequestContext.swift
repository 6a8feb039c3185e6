public import Hummingbird

/// The context of an HTTP request.
public struct HTTPRequestContext: RequestContext {
    /// The storage of the HTTP library.
    public var coreContext: CoreRequestContextStorage
    /// The maximum size of the body in bytes, for code that collects a body.
    public internal(set) var maxUploadSize = 1 << 20
    /// The client's name in limits: the peer's address, or the address that a configured proxy reports.
    public internal(set) var client = "unknown"
    /// The address of the connection's peer.
    let peer: String?

    /// Creates the context of a received request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }
}
