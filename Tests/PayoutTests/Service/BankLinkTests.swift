import Foundation
import ISO20022
import Kernel
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import PayoutDomain
import Subprocess
import SystemPackage
import TestKit
import Testing

@testable import BankSimulator
@testable import Payout

@Suite("The link to the bank")
struct BankLinkTests {
    private static let logger = Logger(label: "bank") { _ in SwiftLogNoOpLogHandler() }

    private static func channel(_ address: BankAddress, refusesSimulator: Bool = false) throws -> HTTPBankChannel {
        try HTTPBankChannel(address, deadline: .seconds(10), refusesSimulator: refusesSimulator, logger: logger)
    }

    @Test("a production installation takes no answer of the bank simulator for a bank's")
    func simulator() async throws {
        let bank = try await TestBank()
        let address = try BankAddress(url: bank.url)
        #expect(try await Self.channel(address).statement().isEmpty == false)
        await #expect(throws: BankUnreachable.self) { try await Self.channel(address, refusesSimulator: true).statement() }
        #expect(try await Self.channel(address, refusesSimulator: true).queryStatus(of: UUID()) == .silence)
        await bank.stop()
    }

    @Test("over https the bank's certificate is checked against the authorities that are set, and by its name")
    func encrypted() async throws {
        let files = try await BankCertificates()
        defer { files.remove() }
        let server = try await EncryptedBank(certificate: files.certificate, key: files.key)
        var address = try BankAddress(url: "https://localhost:\(server.port)")
        address.trustRoots = files.authority
        #expect(try await Self.channel(address).statement() == Array("<statement/>".utf8))
        // Another authority's certificate is not taken.
        let others = try await BankCertificates()
        defer { others.remove() }
        address.trustRoots = others.authority
        await #expect(throws: (any Error).self) { try await Self.channel(address).statement() }
        // Nor is one of another name.
        var named = try BankAddress(url: "https://127.0.0.1:\(server.port)")
        named.trustRoots = files.authority
        await #expect(throws: (any Error).self) { try await Self.channel(named).statement() }
        try await server.close()
    }

    @Test("an answer of more bytes than are allowed, or none in time, is no answer")
    func bounded() async throws {
        let files = try await BankCertificates()
        defer { files.remove() }
        let server = try await EncryptedBank(certificate: files.certificate, key: files.key)
        var address = try BankAddress(url: "https://localhost:\(server.port)")
        address.trustRoots = files.authority
        let exchange = try HTTPExchange(address)
        await #expect(throws: (any Error).self) {
            _ = try await exchange.send(.GET, "/statement", answerBytesAtMost: 5, within: .seconds(10))
        }
        await #expect(throws: (any Error).self) {
            _ = try await exchange.send(.GET, "/never", answerBytesAtMost: 100, within: .milliseconds(300))
        }
        // The head arrives and the body does not end.
        await #expect(throws: BankUnreachable.self) {
            _ = try await exchange.send(.GET, "/unfinished", answerBytesAtMost: 100, within: .milliseconds(300))
        }
        try await server.close()
    }
}

/// An authority and a certificate for `localhost` that it has signed, made by openssl in a folder of their own.
private struct BankCertificates {
    private let folder: URL
    var authority: String { folder.appending(path: "ca.pem").path }
    var certificate: String { folder.appending(path: "bank.pem").path }
    var key: String { folder.appending(path: "bank.key").path }

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "bank-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem")
        try await run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost "
                + "-CA ca.pem -CAkey ca.key -keyout bank.key -out bank.pem")
    }

    private func run(_ arguments: String) async throws {
        let made = try await Subprocess.run(
            .name("openssl"), arguments: Arguments(arguments.split(separator: " ").map(String.init)),
            workingDirectory: FilePath(folder.path), output: .discarded, error: .string(limit: 1 << 16))
        try #require(made.terminationStatus.isSuccess, "openssl \(arguments): \(made.standardError)")
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// A server that answers every request over TLS with a statement: `/never` not at all, `/unfinished` without the end of the body.
private final class EncryptedBank: Sendable {
    private let channel: any Channel
    let port: Int

    init(certificate: String, key: String) async throws {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        let context = try NIOSSLContext(configuration: configuration)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Statement())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func close() async throws { try await channel.close() }

    private final class Statement: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data), head.uri != "/never" else { return }
            let body = ByteBuffer(string: "<statement/>")
            // An unfinished answer announces more than it sends.
            let length = head.uri == "/unfinished" ? 50 : body.readableBytes
            let headers: HTTPHeaders = ["content-length": "\(length)"]
            context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.flush()
            guard head.uri != "/unfinished" else { return }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
