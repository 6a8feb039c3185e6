public import Hummingbird
public import ServiceLifecycle

/// A long-running component of a service: a consumer, a relay, a loop.
///
/// `run` must return after graceful shutdown was triggered and the work in progress is complete. Returning or throwing earlier is a
/// failure, which shuts the whole process down.
public struct ServiceComponent: Sendable {
    /// The component's name in logs.
    public let name: String
    let service: any Service

    /// - Parameters:
    ///   - name: the component's name in logs.
    ///   - service: runs the component.
    public init(_ name: String, _ service: any Service) {
        self.name = name
        self.service = service
    }

    /// - Parameters:
    ///   - name: the component's name in logs.
    ///   - body: runs the component; it must return on graceful shutdown.
    public init(_ name: String, body: @escaping @Sendable () async throws -> Void) {
        self.init(name, ClosureService(body: body))
    }
}

/// The components and HTTP routes of a service.
public struct ServiceParts: Sendable {
    let components: [ServiceComponent]
    let routes: @Sendable (Router<HTTPRequestContext>) -> Void

    /// - Parameters:
    ///   - components: ordered so that each component needs only earlier ones. They start after the migrations, and stop from
    ///     the last to the first, each after the one behind it has ended. So a component that accepts work comes after the one
    ///     that publishes the results.
    ///   - routes: adds the service's own HTTP routes. They are served before the components have started, and until shutdown begins.
    public init(_ components: [ServiceComponent], routes: @escaping @Sendable (Router<HTTPRequestContext>) -> Void = { _ in }) {
        self.components = components
        self.routes = routes
    }
}

private struct ClosureService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}
