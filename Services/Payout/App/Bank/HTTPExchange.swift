import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Sends single requests to the bank over HTTP or HTTPS. Each uses a connection of its own, so that no request is sent a second time on a
/// connection that the bank had closed. Redirections are not followed: an instruction goes to the address that is set, or nowhere.
final class HTTPExchange: Sendable {
    /// An answer with its whole body.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    private let base: String
    private let client: HTTPClient

    /// Reads the certificates that the address names. Throws an `InvalidPayoutSetting` where a file cannot be read.
    init(_ address: BankAddress) throws {
        base = address.base
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: address.isEncrypted ? try Self.tls(address) : nil, redirectConfiguration: .disallow, decompression: .disabled)
        configuration.httpVersion = .http1Only
        // A connection that cannot be opened is an answer for the caller, who decides when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        let client = client
        client.shutdown { _ in withExtendedLifetime(client) {} }
    }

    /// What the bank's certificate is checked against, and the certificate that is shown to the bank.
    static func tls(_ address: BankAddress) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let file = address.trustRoots {
            configuration.trustRoots = .certificates(try Self.read(file) { try NIOSSLCertificate.fromPEMFile($0) })
        }
        if let chain = address.certificate, let key = address.privateKey {
            configuration.certificateChain = try Self.read(chain) { try NIOSSLCertificate.fromPEMFile($0) }.map { .certificate($0) }
            configuration.privateKey = .privateKey(try Self.read(key) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        return configuration
    }

    private static func read<Value>(_ file: String, _ body: (String) throws -> Value) throws -> Value {
        do { return try body(file) } catch { throw InvalidPayoutSetting(description: "'\(file)' cannot be read as PEM: \(error)") }
    }

    /// Sends a request and waits for the whole answer until the deadline. Throws where there is no answer of at most `answerBytesAtMost`
    /// bytes.
    func send(
        _ method: HTTPMethod, _ target: String, body: String? = nil, answerBytesAtMost: Int, within deadline: Duration
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + target)
        request.method = method
        request.headers.add(name: "connection", value: "close")
        if let body {
            request.headers.add(name: "content-type", value: "application/xml")
            request.body = .bytes(ByteBuffer(string: body))
        }
        return try await withThrowingTaskGroup(of: Answer.self) { [client, request] group in
            group.addTask {
                let response = try await client.execute(request, deadline: .now() + TimeAmount(deadline))
                let bytes = try await response.body.collect(upTo: answerBytesAtMost)
                return Answer(status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
            }
            // The client's own deadline ends with the response's head; a claim's lease counts on the whole exchange.
            group.addTask {
                try await Task.sleep(for: deadline)
                throw BankUnreachable(description: "the bank did not send a whole answer within \(deadline)")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }
}
