import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Enforces the timeouts of one connection: for a request's head, for its body and between requests. Reports the connection's phase to
/// the table of connections, and closes it after a response with `Connection: close`. It runs on the connection's event loop.
final class ConnectionTimeoutHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Timeout { case head, idle, body, none }

    private let bounds: ConnectionBounds
    private let table: ConnectionTable
    private let clients: ClientAddresses
    private var hasOpened = false
    private var number: UInt64?
    /// The number of requests whose head was received and whose response was not sent yet.
    private var inFlight = 0
    private var isReceiving = false
    private var bodyBytes = 0
    private var bodyStart = NIODeadline.now()
    /// Whether the response that is being written ends the connection.
    private var endsConnection = false
    private var timeout = Timeout.none
    private var scheduled: Scheduled<Void>?

    init(bounds: ConnectionBounds, table: ConnectionTable, clients: ClientAddresses) {
        self.bounds = bounds
        self.table = table
        self.clients = clients
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Before the decoder, which passes on nothing until a head is complete.
        try? context.pipeline.syncOperations.addHandler(FirstByteHandler(self), position: .first)
        if context.channel.isActive { open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { release() }

    /// Called for all received bytes, before they are decoded.
    func bytesReceived(_ context: ChannelHandlerContext) {
        guard timeout == .idle, let own = ownContext(context) else { return }
        start(.head, bounds.headDeadline, own)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            inFlight += 1
            (isReceiving, bodyBytes, bodyStart) = (true, 0, .now())
            report(.receiving)
            start(.body, bounds.bodyGrace, context)
        case .body(let part): bodyBytes += part.readableBytes
        case .end:
            isReceiving = false
            if inFlight > 0 {
                report(.answering)
                start(.none, nil, context)
            } else {
                startIdle(context)
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.status.kind != .informational { endsConnection = head.headerFields[.connection]?.lowercased() == "close" }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            inFlight = max(0, inFlight - 1)
            if endsConnection {
                context.writeAndFlush(data, promise: promise)
                closeAfterResponse(context)
            } else {
                context.write(data, promise: promise)
                if inFlight == 0, !isReceiving { startIdle(context) }
            }
        }
    }

    private func open(_ context: ChannelHandlerContext) {
        guard !hasOpened else { return }
        hasOpened = true
        let peer = context.channel.remoteAddress?.ipAddress
        let client = clients.client(peer: peer, [:])
        guard let number = table.open(context.channel, client: client, isProxy: clients.isProxy(peer)) else {
            refuse(.serviceUnavailable, context)
            return
        }
        self.number = number
        start(.head, bounds.headDeadline, context)
    }

    private func release() {
        scheduled?.cancel()
        scheduled = nil
        if let number { table.closed(number) }
        number = nil
    }

    private func report(_ phase: ConnectionTable.Phase) { if let number { table.setPhase(phase, of: number) } }

    private func startIdle(_ context: ChannelHandlerContext) {
        report(.waiting)
        start(.idle, bounds.idleDeadline, context)
    }

    private func ownContext(_ context: ChannelHandlerContext) -> ChannelHandlerContext? {
        try? context.pipeline.syncOperations.context(handler: self)
    }

    private func start(_ timeout: Timeout, _ limit: Duration?, _ context: ChannelHandlerContext) {
        self.timeout = timeout
        scheduled?.cancel()
        scheduled = nil
        guard let limit else { return }
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        scheduled = context.eventLoop.scheduleTask(in: TimeAmount(limit)) { bound.value.handler.timeoutExpired(bound.value.context) }
    }

    private func timeoutExpired(_ context: ChannelHandlerContext) {
        scheduled = nil
        switch timeout {
        case .none: break
        case .idle: context.close(promise: nil)
        case .head: refuse(.requestTimeout, context)
        case .body:
            let allowed = bounds.bodyGrace + .seconds(bodyBytes) / bounds.leastBodyBytesPerSecond
            let left = allowed - .nanoseconds((.now() - bodyStart).nanoseconds)
            if left > .zero { return start(.body, max(left, .milliseconds(100)), context) }
            if inFlight == 1 { refuse(.requestTimeout, context) } else { context.close(promise: nil) }
        }
    }

    /// Sends a response with this status and closes the connection. No other response may be in progress.
    private func refuse(_ status: HTTPResponse.Status, _ context: ChannelHandlerContext) {
        timeout = .none
        let head = HTTPResponse(status: status, headerFields: [.connection: "close", .contentLength: "0", .retryAfter: "1"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    /// Closes the connection after the response was sent. Bytes that still arrive are read for a short time and discarded, because closing
    /// at once could reset the connection before the client has read the response.
    private func closeAfterResponse(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        timeout = .none
        scheduled?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        scheduled = context.eventLoop.scheduleTask(in: TimeAmount(isReceiving ? bounds.lingering : .milliseconds(100))) {
            bound.value.close(promise: nil)
        }
    }
}

/// Reports received bytes to the `ConnectionTimeoutHandler` before they are decoded.
private final class FirstByteHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let handler: ConnectionTimeoutHandler

    init(_ handler: ConnectionTimeoutHandler) { self.handler = handler }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        handler.bytesReceived(context)
        context.fireChannelRead(data)
    }
}
