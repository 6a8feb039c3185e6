import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The service's small HTTP server, a component of its own: bounded in connections, sizes and times.
final class HTTPListener: Service {
    struct Bounds: Sendable {
        let greatestBodyBytes: Int
        let requestDeadline: Duration
        var connections = ConnectionBounds()
        var clients = ClientAddresses(proxies: [], header: .xForwardedFor)

        /// A peer that sends nothing for longer is let go. Longer than a request may take, so that a slow answer is not cut.
        var idleTimeout: Duration { requestDeadline + .seconds(30) }
    }

    private static let greatestHeaderBytes = 32 << 10

    private let application: any ApplicationProtocol
    private let place: String
    /// The port that was bound; `nil` before.
    let port: PortBox

    /// - Parameters:
    ///   - host: the address to bind.
    ///   - port: the port to bind; 0 takes a free one.
    ///   - routes: adds the routes, behind the bounds.
    init(
        host: String, port: Int, bounds: Bounds, drain: DrainSwitch, logger: Logger,
        routes: (Router<HTTPRequestContext>) -> Void
    ) {
        let responder = Self.responder(bounds, drain, routes)
        place = "\(host) port \(port)"
        let bound = PortBox()
        self.port = bound
        let table = ConnectionTable(most: bounds.connections.mostConnections, mostOfClient: bounds.connections.mostConnectionsOfClient)
        application = Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionWatch(bounds: bounds.connections, table: table, clients: bounds.clients)],
                    idleTimeout: TimeAmount(bounds.idleTimeout),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.greatestHeaderBytes, maxHeaderListSize: Self.greatestHeaderBytes,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                let actual = channel.localAddress?.port ?? port
                bound.set(actual)
                logger.info("listening for HTTP", metadata: ["host": "\(host)", "port": "\(actual)"])
            },
            logger: logger)
    }

    private static func responder(_ bounds: Bounds, _ drain: DrainSwitch, _ routes: (Router<HTTPRequestContext>) -> Void) -> RequestBounds {
        let router = Router(context: HTTPRequestContext.self, options: .autoGenerateHeadEndpoints)
        routes(router)
        let built = router.buildResponder()
        return RequestBounds(
            router: built, table: RouteTable(router), greatestBodyBytes: bounds.greatestBodyBytes, deadline: bounds.requestDeadline,
            drain: drain, clients: bounds.clients, underWay: RequestsUnderWay(most: bounds.connections.mostConnectionsOfClient))
    }

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError where port.value == nil {
            // Whoever has the port may be the instance that this one replaces, so trying again may help.
            let code: ExitCode = error.errnoCode == EADDRINUSE ? .temporary : .usage
            throw StartFailure(code, "cannot listen on \(place): \(error); check QUAN_HTTP_HOST and QUAN_HTTP_PORT")
        }
    }
}

extension RouteTable {
    /// The routes of a router, with those it has made by itself.
    init(_ router: Router<HTTPRequestContext>) {
        self.init(router.routes.map { (path: $0.path.description, method: $0.method) })
    }
}

/// The port that a listener bound, for whoever waits for it.
final class PortBox: Sendable {
    private let port = Mutex<Int?>(nil)

    var value: Int? { port.withLock { $0 } }

    func set(_ value: Int) { port.withLock { $0 = value } }
}
