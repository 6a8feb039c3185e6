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

    /// Serves identity's routes on a port of its own.
    private func with(
        sandbox isOn: Bool, hasKey: Bool = true, isRehearsal: Bool = false, _ play: @Sendable @escaping (Int) async throws -> Void
    ) async throws {
        try await MessagingStage.with(services: ["identity"]) { stage in
            let service = try stage.start(
                Contents(service: "identity", rows: HeardRows.self) {},
                on: try await stage.database("identity", tables: IdentityTables.script))
            let keys = KeyKeeper(
                store: KeyStore(seal: nil), rota: KeyRotas.short, speaker: service.runtime.speaker, logger: stage.logger)
            if hasKey { try await keys.turn() }
            let sandbox = isOn ? SandboxSignIn(keys: keys, lifetime: 900, isRehearsal: isRehearsal, clock: WallClock()) : nil
            let router = Router(context: HTTPRequestContext.self)
            SignInRoutes(keys: keys, sandbox: sandbox).add(to: router)
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: stage.logger)
            let server = Task { try await application.run() }
            defer { server.cancel() }
            var iterator = ports.makeAsyncIterator()
            try await play(try #require(await iterator.next()))
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

    @Test("BJ26-58: who signs in gets a token that verifies by the published keys and says who it is, until it expires")
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

    @Test("QUAN-01: blanks around a person's reference make no second person, and one with a NUL or a blank inside is none")
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

    @Test("what is no request is refused with its rule; nobody is signed in as the platform itself")
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

    @Test("it is off unless a setting turns it on, and without a key it says so")
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

/// Rotas for tests.
enum KeyRotas {
    static let short = KeyRota(life: 86_400, lead: 600, rest: 1500)
}

extension Data {
    /// From base64url without padding.
    fileprivate init?(base64URL text: String) {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        self.init(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }
}
