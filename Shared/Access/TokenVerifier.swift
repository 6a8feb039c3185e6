public import Foundation
import JWTKit

/// Verifies tokens with the known keys. It does no I/O, so a handler may use it inside a batch.
public struct TokenVerifier: Sendable {
    /// The accepted clock skew: a token is valid this long before it was issued.
    public static let skewSeconds: TimeInterval = 30
    /// Far more than any token of Quan has.
    private static let maximumBytes = 8192

    private let keys: [String: VerificationKey]
    private let audience: String

    /// A verifier with `keys`.
    public init(keys: some Sequence<VerificationKey>, audience: String = TokenClaims.standardAudience) {
        self.keys = Dictionary(keys.map { ($0.keyID, $0) }) { first, _ in first }
        self.audience = audience
    }

    /// The claims of a token that was valid when it was received. Throws a `TokenFault` if it was not.
    ///
    /// - Parameters:
    ///   - token: the compact form; nil if there is none.
    ///   - receipt: when the request with the token was received.
    ///   - wallClock: the instant at which a rehearsal's token is checked instead.
    public func claims(of token: String?, receivedAt receipt: Date, wallClock: Date) throws(TokenFault) -> TokenClaims {
        guard let token, !token.isEmpty else { throw .missing }
        let cached = VerifiedTokenCache.shared[token]
        let parsed: ParsedToken
        if let cached { parsed = cached.token } else { parsed = try Self.parse(token) }
        guard let claims = parsed.body.claims(for: audience) else { throw .wrongAudience }
        guard claims.principal.isWellFormed else { throw .notAToken }
        let instant = claims.isRehearsal ? wallClock : receipt
        // Checks that need no key come first, so that an invalid token never waits for its key.
        guard claims.issuedAt.addingTimeInterval(-Self.skewSeconds) <= instant else { throw .notYetValid }
        guard instant < claims.expiresAt else { throw .expired }
        guard let key = keys[parsed.keyID] else { throw .unknownKey }
        if cached?.publicKey != key.publicKey {
            guard key.isValidSignature(parsed.signature, of: parsed.signed) else { throw .forged }
            VerifiedTokenCache.shared.store(VerifiedTokenCache.Entry(token: parsed, publicKey: key.publicKey), for: token)
        }
        guard key.isInUse(at: instant) else { throw .keyNotInUse }
        return claims
    }

    /// The id of the key that a token names; nil if it is not a well-formed key id.
    static func keyID(of token: String?) -> String? { token.flatMap { try? parse($0).keyID } }

    private static func parse(_ token: String) throws(TokenFault) -> ParsedToken {
        guard token.utf8.count <= maximumBytes, let end = token.lastIndex(of: "."),
            let (header, body, _) = try? DefaultJWTParser().parse(Data(token.utf8), as: TokenBody.self)
        else { throw try fault(of: token) }
        try check(header)
        guard let signature = Base64URL.octets(token[token.index(after: end)...]) else { throw .forged }
        guard let keyID = header.kid, Base64URL.octets(keyID)?.count == 32 else { throw .unknownKey }
        return ParsedToken(keyID: keyID, body: body, signed: Data(token[..<end].utf8), signature: signature)
    }

    private static func check(_ header: JWTHeader) throws(TokenFault) {
        switch header.alg {
        case "EdDSA": break
        case let name? where name.lowercased() == "none": throw .unsigned
        default: throw .wrongAlgorithm
        }
        // `crit` lists extensions that the verifier must support. None is supported.
        guard header.crit == nil else { throw .notAToken }
    }

    /// The fault of a text that does not parse: `unsigned` for an unsigned token without a third part.
    private static func fault(of token: String) throws(TokenFault) -> TokenFault {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= maximumBytes, parts.count == 2 || parts.count == 3, let header = Base64URL.octets(parts[0]),
            let alg = (try? JSONDecoder().decode([String: String].self, from: header))?["alg"], alg.lowercased() == "none"
        else { return .notAToken }
        return .unsigned
    }
}
