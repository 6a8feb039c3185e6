import Access
import Foundation
import FoundationNetworking
import Hummingbird
import IdentityDomain
import Kernel
import Messages
import Messaging
import Postgres
import ServiceHost
import TestKit
import Testing

@testable import Identity

@Suite("The sandbox sign-in", .serialized)
struct SignInTests {
    private static let organisation = "0198C5A2-7D1E-7C3B-9F00-2B6F3A1C5D73"

    /// Serves the routes of `identity` on a free port.
    private func with(
        sandbox isOn: Bool, hasKey: Bool = true, isRehearsal: Bool = false, _ body: @Sendable @escaping (Int) async throws -> Void
    ) async throws {
        try await MessagingFixture.with(services: ["identity"]) { fixture in
            let service = try fixture.start(
                HandlerRegistry(service: "identity", rows: RecordedMessageRows.self) {},
                on: try await fixture.database("identity", tables: IdentityTables.script))
            let keys = KeyRotator(
                store: KeyStore(seal: nil), policy: KeyRotationPolicySamples.short, publisher: service.runtime.publisher,
                logger: fixture.logger)
            if hasKey { try await keys.rotate() }
            let sandbox = isOn ? SandboxSignIn(keys: keys, lifetime: 900, isRehearsal: isRehearsal, clock: WallClock()) : nil
            let router = Router(context: HTTPRequestContext.self)
            SignInRoutes(keys: keys, sandbox: sandbox).add(to: router)
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: fixture.logger)
            let server = Task { try await application.run() }
            defer { server.cancel() }
            var iterator = ports.makeAsyncIterator()
            try await body(try #require(await iterator.next()))
        }
    }

    private static func ask(_ port: Int, _ path: String, post body: String? = nil) async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        request.httpMethod = body == nil ? "GET" : "POST"
        request.httpBody = body.map { Data($0.utf8) }
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, data)
    }

    private static func body(person: String = "p-1", organisation: String = organisation, roles: String = #"["enterprise"]"#) -> String {
        #"{"person":"\#(person)","organisation":"\#(organisation)","roles":\#(roles)}"#
    }

    @Test("BJ26-58: a sign-in returns a token that the published keys verify, with the requested principal, until it expires")
    func signIn() async throws {
        try await with(sandbox: true) { port in
            let answer = try await Self.ask(port, "/sandbox/token", post: Self.body())
            #expect(answer.status == 200)
            let given = try MessageBody.decode(SandboxSignIn.Answer.self, from: Array(answer.body))
            let set = try MessageBody.decode(KeySet.self, from: Array(try await Self.ask(port, "/.well-known/jwks.json").body))
            let key = try #require(set.keys.first)
            #expect(set.keys.count == 1 && key.kty == "OKP" && key.crv == "Ed25519")
            let raw = try #require(Data(base64Encoded: key.x.replacing("-", with: "+").replacing("_", with: "/") + "="))
            let verifier = TokenVerifier(
                keys: [try VerificationKey(KeyPublished(keyID: key.kid, publicKey: raw, notBefore: .distantPast))])
            let claims = try verifier.claims(of: given.token, receivedAt: Date(), wallClock: Date())
            #expect(claims.principal.person == "p-1" && claims.principal.roles == ["enterprise"])
            #expect(claims.principal.organisation.uuidString == Self.organisation && !claims.isRehearsal)
            #expect(claims.expiresAt == given.expiresAt && claims.expiresAt.timeIntervalSince(claims.issuedAt) == 900)
            #expect(throws: TokenFault.expired) {
                try verifier.claims(of: given.token, receivedAt: given.expiresAt, wallClock: given.expiresAt)
            }
        }
    }

    @Test("QUAN-01: surrounding blanks of a person's reference are removed; a reference with a NUL or an inner blank is refused")
    func unusualPerson() async throws {
        try await with(sandbox: true) { port in
            let answer = try await Self.ask(port, "/sandbox/token", post: Self.body(person: " p-1 "))
            let token = try MessageBody.decode(SandboxSignIn.Answer.self, from: Array(answer.body)).token
            let claims = try #require(Data(base64URL: String(token.split(separator: ".")[1])))
            #expect(String(decoding: claims, as: UTF8.self).contains(#""sub":"p-1""#))
            for person in [#"p\u0000"#, "p 1", #"p\u202e1"#, String(repeating: "x", count: 201)] {
                let refused = try await Self.ask(port, "/sandbox/token", post: Self.body(person: person))
                #expect(refused.status == 400 && String(decoding: refused.body, as: UTF8.self).contains("QUAN-01"), "\(person.prefix(10))")
            }
        }
    }

    @Test("a malformed request and a sign-in with a reserved role are refused with their rules")
    func refused() async throws {
        try await with(sandbox: true) { port in
            for (body, clause) in [
                ("", "QUAN-01"), ("{}", "QUAN-01"), (Self.body(person: ""), "QUAN-01"), (Self.body(organisation: "x"), "QUAN-01"),
                (Self.body(roles: "[]"), "QUAN-01"), (Self.body(roles: #"["platform"]"#), "QUAN-10"),
            ] {
                let answer = try await Self.ask(port, "/sandbox/token", post: body)
                #expect(answer.status == 400 && String(decoding: answer.body, as: UTF8.self).contains(clause), "\(body)")
            }
        }
    }

    @Test("the sandbox sign-in is off by default, and answers 503 while there is no signing key")
    func off() async throws {
        try await with(sandbox: false) { port in
            let token = try await Self.ask(port, "/sandbox/token", post: Self.body())
            let keys = try await Self.ask(port, "/.well-known/jwks.json")
            #expect(token.status == 404 && keys.status == 200)
        }
        try await with(sandbox: true, hasKey: false) { port in
            let token = try await Self.ask(port, "/sandbox/token", post: Self.body())
            #expect(token.status == 503)
        }
        #expect(IdentitySettings.sandboxSignIn.declaration.standard == .boolean(false))
        #expect(IdentitySettings.creditSource.declaration.standard == .text("recorded"))
    }
}

/// Key rotation policies for tests.
enum KeyRotationPolicySamples {
    static let short = KeyRotationPolicy(life: 86_400, lead: 600, rest: 1500)
}

extension Data {
    /// Decodes base64url without padding.
    fileprivate init?(base64URL text: String) {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        self.init(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }
}
