import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// One request to the bank and its answer, on a connection of its own that is closed afterwards: nothing is ever sent a second time behind our
/// back, as a pool of connections might.
struct HTTPExchange: Sendable {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    /// The address, from a URL such as `http://127.0.0.1:8090/base`.
    let host: String
    let port: Int
    let path: String

    /// Reads an address; nil where it is no http URL. TLS is left to the bank's front-end machine, which stands beside us.
    init?(url: String) {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host, !host.isEmpty else { return nil }
        self.host = host
        port = parts.port ?? 80
        path = parts.path.hasSuffix("/") ? String(parts.path.dropLast()) : parts.path
    }

    /// Sends a request and waits for the whole answer, at most until the deadline. An answer of more bytes than `answerBytesAtMost` is none.
    func send(
        _ method: HTTPMethod, _ target: String, body: String? = nil, answerBytesAtMost: Int, within deadline: Duration
    ) async throws -> Answer {
        let timeout = TimeAmount(deadline)
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let answer = loop.makePromise(of: Answer.self)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(timeout).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(
                    NIOHTTPClientResponseAggregator(maxContentLength: answerBytesAtMost))
                try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer: answer))
            }
        }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(host: host, port: port).get()
        } catch {
            answer.fail(error)
            throw error
        }
        let timer = channel.eventLoop.scheduleTask(in: timeout) { answer.fail(BankUnreachable(description: "no answer in time")) }
        write(method, target, body, to: channel)
        defer {
            timer.cancel()
            channel.close(promise: nil)
        }
        return try await answer.futureResult.get()
    }

    private func write(_ method: HTTPMethod, _ target: String, _ body: String?, to channel: any Channel) {
        var headers = HTTPHeaders([("host", "\(host):\(port)"), ("connection", "close")])
        if let body {
            headers.add(name: "content-type", value: "application/xml")
            headers.add(name: "content-length", value: String(body.utf8.count))
        }
        channel.write(
            HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: method, uri: path + target, headers: headers)),
            promise: nil)
        if let body { channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil) }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }
}

/// Hands the answer on, or what came instead of one.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull

    private let answer: EventLoopPromise<HTTPExchange.Answer>

    init(answer: EventLoopPromise<HTTPExchange.Answer>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let response = unwrapInboundIn(data)
        answer.succeed(
            HTTPExchange.Answer(
                status: Int(response.head.status.code), headers: response.head.headers,
                body: response.body.map { Array($0.readableBytesView) } ?? []
            ))
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(BankUnreachable(description: "the connection was closed without an answer"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
