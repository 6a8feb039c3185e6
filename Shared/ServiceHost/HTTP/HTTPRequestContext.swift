public import Hummingbird

/// What accompanies a request through the routes of a service.
public struct HTTPRequestContext: RequestContext {
    /// What the HTTP library keeps for each request.
    public var coreContext: CoreRequestContextStorage
    /// The greatest size of the body in bytes; what collects a body keeps to it.
    public internal(set) var maxUploadSize = 1 << 20

    /// The context of a request that has just arrived.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
