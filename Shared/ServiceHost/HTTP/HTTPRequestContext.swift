public import Hummingbird

/// What accompanies a request through the routes of a service.
public struct HTTPRequestContext: RequestContext {
    /// What the HTTP library keeps for each request.
    public var coreContext: CoreRequestContextStorage
    /// The greatest size of the body in bytes; what collects a body keeps to it.
    public internal(set) var maxUploadSize = 1 << 20
    /// By which address limits know the client: the peer's, or the one that a configured proxy forwards.
    public internal(set) var client = "unknown"
    /// The address of the connection's other end.
    let peer: String?

    /// The context of a request that has just arrived.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }
}
