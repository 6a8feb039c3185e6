import CoreFoundation
import Crypto
import Foundation
import JWTKit
import Kernel
import Messages
import Testing

@testable import Access

@Suite("Access tokens")
struct TokenTests {
    let bench = TokenBench()

    @Test("a token that was valid when received yields its principal")
    func good() throws {
        let claims = try bench.claims(of: bench.token())
        #expect(claims == bench.says)
        #expect(try bench.claims(of: bench.token(), at: 899.9).principal == bench.says.principal)
    }

    @Test("QUAN-09: every fault of a token is refused, and the refusal names the fault")
    func faults() throws {
        let alg = { (name: String) in bench.assembled(header: #"{"alg":"\#(name)","kid":"\#(bench.signer.keyID)"}"#) }
        #expect(bench.fault(of: nil) == .missing)
        #expect(bench.fault(of: "") == .missing)
        for text in ["x", "a.b", "a.b.c", "....", "é.é.é", String(repeating: "a", count: 20_000)] {
            #expect(bench.fault(of: text) == .notAToken)
        }
        #expect(bench.fault(of: alg("none")) == .unsigned)
        #expect(bench.fault(of: alg("None").split(separator: ".").dropLast().joined(separator: ".") + ".") == .unsigned)
        #expect(bench.fault(of: alg("none").split(separator: ".").dropLast().joined(separator: ".")) == .unsigned)
        #expect(bench.fault(of: alg("HS256")) == .wrongAlgorithm)
        #expect(bench.fault(of: alg("EdDSA")) == .forged)
        #expect(bench.fault(of: bench.assembled(header: #"{"alg":"EdDSA"}"#)) == .unknownKey)
        #expect(bench.fault(of: bench.assembled(header: #"{"alg":"EdDSA","crit":["b64"]}"#)) == .notAToken)
        #expect(bench.fault(of: try bench.token(), at: 900) == .expired)
        #expect(bench.fault(of: try bench.token(), at: -31) == .notYetValid)
        #expect(bench.fault(of: try bench.token(), at: -29) == nil)
        #expect(bench.fault(of: try bench.token(audience: "elsewhere")) == .wrongAudience)
        #expect(bench.fault(of: try TokenBench().token()) == .unknownKey)
        let texts = TokenFault.allCases.map(\.refusal)
        #expect(texts.allSatisfy { $0.clauses == ["QUAN-09"] } && Set(texts.map(\.message)).count == texts.count)
    }

    @Test("QUAN-09: a token with invisible characters in the person's reference, or with an invalid role name, is refused")
    func malformedSubject() throws {
        let bench = TokenBench()
        for person in ["li ", " li", "l\u{200B}i", "li\0", "li\n", "li\u{202E}", "", " ", String(repeating: "x", count: 201)] {
            #expect(bench.fault(of: try bench.signer.token(TokenBench.claims(person: person))) == .notAToken)
        }
        #expect(bench.fault(of: try bench.signer.token(TokenBench.claims(person: "li"))) == nil)
        for roles in [["officer "], ["a\0"], Set((0...Principal.maximumRoles).map { "r\($0)" })] as [Set<String>] {
            #expect(bench.fault(of: try bench.signer.token(TokenBench.claims(roles: roles))) == .notAToken)
        }
    }

    @Test("a key is valid from `notBefore` until it is revoked, by the instant of receipt")
    func keyLife() throws {
        let token = try bench.token()
        let from = try VerificationKey(bench.signer.published(notBefore: TokenBench.issued.addingTimeInterval(10)))
        let until = try VerificationKey(
            bench.signer.published(notBefore: TokenBench.issued, revokedAt: TokenBench.issued.addingTimeInterval(100)))
        #expect(bench.fault(of: token, at: 9, keys: [from]) == .keyNotInUse)
        #expect(bench.fault(of: token, at: 10, keys: [from]) == nil)
        #expect(bench.fault(of: token, at: 99, keys: [until]) == nil)
        #expect(bench.fault(of: token, at: 100, keys: [until]) == .keyNotInUse)
    }

    @Test("a rehearsal's token is checked against the machine's clock, not against the moved clock that stamped the receipt")
    func rehearsal() throws {
        let token = try bench.token(isRehearsal: true)
        #expect(bench.fault(of: token, at: 9_000_000, wallClock: 5) == nil)
        #expect(bench.fault(of: token, at: 5, wallClock: 9_000_000) == .expired)
    }

    @Test("a cached token is checked again for time and key state; only its signature is not verified again")
    func cached() throws {
        let token = try bench.token()
        #expect(bench.fault(of: token) == nil)
        #expect(bench.fault(of: token, at: 900) == .expired)
        #expect(bench.fault(of: token, keys: []) == .unknownKey)
        let revoked = try VerificationKey(
            bench.signer.published(notBefore: TokenBench.issued.addingTimeInterval(-10), revokedAt: TokenBench.issued))
        #expect(bench.fault(of: token, keys: [revoked]) == .keyNotInUse)
        // Another key under the same id: the cached verification of the first key must not be used for it.
        let stranger = VerificationKey(
            keyID: bench.signer.keyID, publicKey: TokenSigner(Curve25519.Signing.PrivateKey()).publicKey,
            notBefore: TokenBench.issued.addingTimeInterval(-10), revokedAt: nil)
        #expect(bench.fault(of: token, keys: [stranger]) == .forged)
        #expect(bench.fault(of: token) == nil)
    }

    @Test("the cache holds a bounded number of verified tokens, including the latest")
    func bounded() throws {
        let tokens = VerifiedTokenCache(maximumCount: 10)
        let body = TokenBody(bench.says)
        for number in 0..<1000 {
            let parsed = ParsedToken(keyID: "k", body: body, signed: Data(), signature: Data())
            tokens.store(VerifiedTokenCache.Entry(token: parsed, publicKey: Data()), for: "\(number)")
            #expect(tokens.count <= 10 && tokens["\(number)"] != nil)
        }
        #expect(tokens["0"] == nil)
        let parsed = ParsedToken(keyID: "k", body: body, signed: Data(), signature: Data())
        tokens.store(VerifiedTokenCache.Entry(token: parsed, publicKey: Data()), for: "K")
        #expect(tokens["K"] != nil && tokens["\u{212A}"] == nil)
    }

    @Test("a token with any single bit changed is refused")
    func everyBit() throws {
        let token = Array(try bench.token().utf8)
        var accepted: [Int] = []
        for bit in 0..<token.count * 8 {
            var changed = token
            changed[bit / 8] ^= 1 << (bit % 8)
            if bench.fault(of: String(decoding: changed, as: UTF8.self)) == nil { accepted.append(bit) }
        }
        #expect(accepted == [])
        #expect(bench.fault(of: String(decoding: token, as: UTF8.self)) == nil)
    }

    @Test("a signature of another token or by another key is refused as forged")
    func swapped() throws {
        let (one, other) = (try bench.token(), try bench.token(audience: "other"))
        let parts = { (token: String) in token.split(separator: ".").map(String.init) }
        #expect(bench.fault(of: parts(one)[0] + "." + parts(one)[1] + "." + parts(other)[2]) == .forged)
        let stranger = TokenSigner(Curve25519.Signing.PrivateKey())
        let signed = try stranger.token(bench.says)
        #expect(bench.fault(of: parts(one)[0] + "." + parts(signed)[1] + "." + parts(signed)[2]) == .forged)
    }

    @Test("tokens are standard JWTs: JWTKit's own verification accepts one")
    func interoperable() async throws {
        struct Body: JWTPayload {
            let sub: String
            let exp: ExpirationClaim
            func verify(using algorithm: some JWTAlgorithm) throws {}
        }
        let keys = JWTKeyCollection()
        let backing = try Curve25519.Signing.PublicKey(rawRepresentation: bench.signer.publicKey)
        await keys.add(eddsa: EdDSA.PublicKey(backing: backing), kid: JWKIdentifier(string: bench.signer.keyID))
        let body = try await keys.verify(try bench.token(), as: Body.self)
        #expect(body.sub == bench.says.principal.person && body.exp.value == bench.says.expiresAt)
    }

    @Test("a key's id is its RFC 8037 thumbprint, and a key under another key's id is rejected")
    func thumbprint() throws {
        let raw = try #require(Data(base64Encoded: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="))
        #expect(VerificationKey.keyID(of: raw) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        let stolen = bench.signer.published(notBefore: TokenBench.issued)
        let key = TokenSigner(Curve25519.Signing.PrivateKey()).publicKey
        #expect(throws: MalformedKey.self) {
            try VerificationKey(.init(keyID: stolen.keyID, publicKey: key, notBefore: TokenBench.issued))
        }
    }
}
