public import Hummingbird
public import ServiceLifecycle

/// A part of a service that runs from its start to its end: a consumer, a relay, a loop.
///
/// Its service's `run` returns once graceful shutdown was triggered and it has finished what it holds; returning or
/// throwing before that is a failure, which stops the whole process in order.
public struct ServiceComponent: Sendable {
    /// Its name in logs.
    public let name: String
    let service: any Service

    /// - Parameters:
    ///   - name: its name in logs.
    ///   - service: what runs.
    public init(_ name: String, _ service: any Service) {
        self.name = name
        self.service = service
    }

    /// - Parameters:
    ///   - name: its name in logs.
    ///   - body: what runs; it ends on graceful shutdown.
    public init(_ name: String, body: @escaping @Sendable () async throws -> Void) {
        self.init(name, ClosureService(body: body))
    }
}

/// What a service consists of.
public struct ServiceParts: Sendable {
    let components: [ServiceComponent]
    let routes: @Sendable (Router<HTTPRequestContext>) -> Void

    /// - Parameters:
    ///   - components: in the order in which they need each other. They start once the migrations are applied, and stop
    ///     from the last to the first, each only when the one after it has ended: so put what takes work in last, and
    ///     what publishes its outcome before it.
    ///   - routes: adds the service's own HTTP routes. They answer before the components have started, and no longer
    ///     once the service stops.
    public init(_ components: [ServiceComponent], routes: @escaping @Sendable (Router<HTTPRequestContext>) -> Void = { _ in }) {
        self.components = components
        self.routes = routes
    }
}

private struct ClosureService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}
