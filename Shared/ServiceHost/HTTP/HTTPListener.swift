import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The service's HTTP server, with bounds on connections, sizes and times.
final class HTTPListener: Service {
    struct Bounds: Sendable {
        let maximumBodyBytes: Int
        let requestDeadline: Duration
        var connections = ConnectionBounds()
        var clients = ClientAddresses(proxies: [], header: .xForwardedFor)

        /// A connection without any traffic is closed after this time. It is longer than a request may take, so that slow responses are
        /// completed.
        var idleTimeout: Duration { requestDeadline + .seconds(30) }
    }

    /// The maximum number of connections that the kernel holds until they are accepted. A connection beyond it is tried again by its client
    /// after a second, so a burst of new connections must fit.
    private static let maximumPendingConnections = 4096
    private static let maximumHeaderBytes = 32 << 10

    private let application: any ApplicationProtocol
    private let address: String
    /// The bound port; `nil` before the listener is bound.
    let port: BoundPort

    /// - Parameters:
    ///   - host: the address to bind.
    ///   - port: the port to bind; with 0 a free port is bound.
    ///   - routes: adds the routes; the bounds apply to them.
    init(
        host: String, port: Int, bounds: Bounds, drain: DrainState, logger: Logger,
        routes: (Router<HTTPRequestContext>) -> Void
    ) {
        let responder = Self.responder(bounds, drain, routes)
        address = "\(host) port \(port)"
        let bound = BoundPort()
        self.port = bound
        let table = ConnectionTable(
            maximum: bounds.connections.maximumConnections, maximumPerClient: bounds.connections.maximumConnectionsPerClient)
        application = Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        ConnectionTimeoutHandler(bounds: bounds.connections, table: table, clients: bounds.clients)
                    ],
                    idleTimeout: TimeAmount(bounds.idleTimeout),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.maximumHeaderBytes, maxHeaderListSize: Self.maximumHeaderBytes,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: Self.maximumPendingConnections),
            onServerRunning: { channel in
                let actual = channel.localAddress?.port ?? port
                bound.set(actual)
                logger.info("listening for HTTP", metadata: ["host": "\(host)", "port": "\(actual)"])
            },
            logger: logger)
    }

    private static func responder(_ bounds: Bounds, _ drain: DrainState, _ routes: (Router<HTTPRequestContext>) -> Void) -> RequestBounds {
        let router = Router(context: HTTPRequestContext.self, options: .autoGenerateHeadEndpoints)
        routes(router)
        let built = router.buildResponder()
        return RequestBounds(
            router: built, table: RouteTable(router), maximumBodyBytes: bounds.maximumBodyBytes, deadline: bounds.requestDeadline,
            drain: drain, clients: bounds.clients,
            inFlight: InFlightRequests(maximumPerClient: bounds.connections.maximumConnectionsPerClient))
    }

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError where port.value == nil {
            // The port may be held by the instance that this one replaces, so a restart may help.
            let code: ExitCode = error.errnoCode == EADDRINUSE ? .temporary : .usage
            throw StartFailure(code, "cannot listen on \(address): \(error); check QUAN_HTTP_HOST and QUAN_HTTP_PORT")
        }
    }
}

extension RouteTable {
    /// Reads the routes of a router, including those that it generates (HEAD).
    init(_ router: Router<HTTPRequestContext>) {
        self.init(router.routes.map { (path: $0.path.description, method: $0.method) })
    }
}

/// The port that a listener has bound.
final class BoundPort: Sendable {
    private let port = Mutex<Int?>(nil)

    var value: Int? { port.withLock { $0 } }

    func set(_ value: Int) { port.withLock { $0 = value } }
}
