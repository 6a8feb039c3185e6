import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Watches one connection: closes it when a head or a body does not come in time, when it rests for too long, and after an answer that ends
/// it; and tells the table of connections what it does. It lives on the connection's event loop.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Waiting { case head, rest, body, nothing }

    private let bounds: ConnectionBounds
    private let table: ConnectionTable
    private let clients: ClientAddresses
    private var hasOpened = false
    private var number: UInt64?
    /// Requests whose heads have come and whose answers have not gone.
    private var underWay = 0
    private var isReceiving = false
    private var bodyBytes = 0
    private var bodySince = NIODeadline.now()
    /// Whether the answer that is being written ends the connection.
    private var endsConnection = false
    private var waiting = Waiting.nothing
    private var alarm: Scheduled<Void>?

    init(bounds: ConnectionBounds, table: ConnectionTable, clients: ClientAddresses) {
        self.bounds = bounds
        self.table = table
        self.clients = clients
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Before the decoder: a head that comes byte by byte shows there only.
        try? context.pipeline.syncOperations.addHandler(FirstByteWatch(self), position: .first)
        if context.channel.isActive { open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    /// Bytes have come, of whatever.
    func bytesArrived(_ context: ChannelHandlerContext) {
        guard waiting == .rest, let own = own(context) else { return }
        wait(for: .head, bounds.headDeadline, own)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            underWay += 1
            (isReceiving, bodyBytes, bodySince) = (true, 0, .now())
            enter(.receiving)
            wait(for: .body, bounds.bodyGrace, context)
        case .body(let part): bodyBytes += part.readableBytes
        case .end:
            isReceiving = false
            if underWay > 0 {
                enter(.answering)
                wait(for: .nothing, nil, context)
            } else {
                rest(context)
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
            underWay = max(0, underWay - 1)
            if endsConnection {
                context.writeAndFlush(data, promise: promise)
                linger(context)
            } else {
                context.write(data, promise: promise)
                if underWay == 0, !isReceiving { rest(context) }
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
        wait(for: .head, bounds.headDeadline, context)
    }

    private func leave() {
        alarm?.cancel()
        alarm = nil
        if let number { table.closed(number) }
        number = nil
    }

    private func enter(_ phase: ConnectionTable.Phase) { if let number { table.enter(number, phase) } }

    private func rest(_ context: ChannelHandlerContext) {
        enter(.waiting)
        wait(for: .rest, bounds.idleDeadline, context)
    }

    private func own(_ context: ChannelHandlerContext) -> ChannelHandlerContext? {
        try? context.pipeline.syncOperations.context(handler: self)
    }

    private func wait(for what: Waiting, _ limit: Duration?, _ context: ChannelHandlerContext) {
        waiting = what
        alarm?.cancel()
        alarm = nil
        guard let limit else { return }
        let bound = NIOLoopBound((watch: self, context: context), eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: TimeAmount(limit)) { bound.value.watch.timeIsOver(bound.value.context) }
    }

    private func timeIsOver(_ context: ChannelHandlerContext) {
        alarm = nil
        switch waiting {
        case .nothing: break
        case .rest: context.close(promise: nil)
        case .head: refuse(.requestTimeout, context)
        case .body:
            let allowed = bounds.bodyGrace + .seconds(bodyBytes) / bounds.leastBodyBytesPerSecond
            let left = allowed - .nanoseconds((.now() - bodySince).nanoseconds)
            if left > .zero { return wait(for: .body, max(left, .milliseconds(100)), context) }
            if underWay == 1 { refuse(.requestTimeout, context) } else { context.close(promise: nil) }
        }
    }

    /// Says why and closes. Nothing is being answered on the connection.
    private func refuse(_ status: HTTPResponse.Status, _ context: ChannelHandlerContext) {
        waiting = .nothing
        let head = HTTPResponse(status: status, headerFields: [.connection: "close", .contentLength: "0", .retryAfter: "1"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    /// Ends the connection in such a way that the answer arrives: what the peer still sends is read for a moment and dropped.
    private func linger(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        waiting = .nothing
        alarm?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: TimeAmount(isReceiving ? bounds.lingering : .milliseconds(100))) {
            bound.value.close(promise: nil)
        }
    }
}

/// Stands before the decoder of a connection and tells its watch of bytes.
private final class FirstByteWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let watch: ConnectionWatch

    init(_ watch: ConnectionWatch) { self.watch = watch }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        watch.bytesArrived(context)
        context.fireChannelRead(data)
    }
}
