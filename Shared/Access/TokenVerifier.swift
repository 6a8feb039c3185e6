public import Foundation
import JWTKit

/// Judges tokens against the keys that are known. It asks nobody and waits for nothing, so a handler may use it inside a batch.
public struct TokenVerifier: Sendable {
    /// A token is issued by one clock and received by another; this much earlier than it was issued it is good.
    public static let skewSeconds: TimeInterval = 30
    /// No token of ours comes near this many bytes.
    private static let greatestBytes = 8192

    private let keys: [String: VerificationKey]
    private let audience: String

    /// A verifier that knows `keys`.
    public init(keys: some Sequence<VerificationKey>, audience: String = TokenClaims.standardAudience) {
        self.keys = Dictionary(keys.map { ($0.keyID, $0) }) { first, _ in first }
        self.audience = audience
    }

    /// What a token says, where it was good when it was received. Throws a `TokenFault` where it was not.
    ///
    /// - Parameters:
    ///   - token: the compact form; nil where none came.
    ///   - receipt: when the request that brought it was received.
    ///   - wallClock: what a rehearsal's token is held against instead.
    public func claims(of token: String?, receivedAt receipt: Date, wallClock: Date) throws(TokenFault) -> TokenClaims {
        guard let token, !token.isEmpty else { throw .missing }
        let known = SignedTokens.lately[token]
        let form: TokenForm
        if let known { form = known.form } else { form = try Self.form(token) }
        guard let claims = form.body.claims(for: audience) else { throw .wrongAudience }
        guard claims.principal.isUsual else { throw .notAToken }
        let instant = claims.isRehearsal ? wallClock : receipt
        // What needs no key comes first: nothing waits for the key of a token that is worth nothing anyway.
        guard claims.issuedAt.addingTimeInterval(-Self.skewSeconds) <= instant else { throw .notYetValid }
        guard instant < claims.expiresAt else { throw .expired }
        guard let key = keys[form.keyID] else { throw .unknownKey }
        if known?.publicKey != key.publicKey {
            guard key.signed(form.signed, signature: form.signature) else { throw .forged }
            SignedTokens.lately.note(SignedTokens.Signed(form: form, publicKey: key.publicKey), of: token)
        }
        guard key.isInUse(at: instant) else { throw .keyNotInUse }
        return claims
    }

    /// The id of the key a token names, where that could be one of ours; nil for any other.
    static func keyID(of token: String?) -> String? { token.flatMap { try? form($0).keyID } }

    private static func form(_ token: String) throws(TokenFault) -> TokenForm {
        guard token.utf8.count <= greatestBytes, let end = token.lastIndex(of: "."),
            let (header, body, _) = try? DefaultJWTParser().parse(Data(token.utf8), as: TokenBody.self)
        else { throw try fault(of: token) }
        try judge(header)
        guard let signature = Base64URL.octets(token[token.index(after: end)...]) else { throw .forged }
        guard let keyID = header.kid, Base64URL.octets(keyID)?.count == 32 else { throw .unknownKey }
        return TokenForm(keyID: keyID, body: body, signed: Data(token[..<end].utf8), signature: signature)
    }

    private static func judge(_ header: JWTHeader) throws(TokenFault) {
        switch header.alg {
        case "EdDSA": break
        case let name? where name.lowercased() == "none": throw .unsigned
        default: throw .wrongAlgorithm
        }
        // A header may demand that its reader knows an extension. We know none.
        guard header.crit == nil else { throw .notAToken }
    }

    /// What to say of a text that does not parse: an unsigned token in the form without a third part is told as one.
    private static func fault(of token: String) throws(TokenFault) -> TokenFault {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= greatestBytes, parts.count == 2 || parts.count == 3, let header = Base64URL.octets(parts[0]),
            let alg = (try? JSONDecoder().decode([String: String].self, from: header))?["alg"], alg.lowercased() == "none"
        else { return .notAToken }
        return .unsigned
    }
}
