public import Crypto
public import Foundation
import JWTKit
public import Messages

/// Signs access tokens. Identity has one; tests create their own.
public struct TokenSigner: Sendable {
    /// The key's id, as `kid` in each token's header.
    public let keyID: String
    /// The raw public key, 32 bytes.
    public let publicKey: Data
    private let privateKey: Curve25519.Signing.PrivateKey

    /// A signer with `privateKey`.
    public init(_ privateKey: Curve25519.Signing.PrivateKey) {
        self.privateKey = privateKey
        publicKey = privateKey.publicKey.rawRepresentation
        keyID = VerificationKey.keyID(of: publicKey)
    }

    /// A token with `claims`: a JWT (RFC 7519) signed with EdDSA (RFC 8037). Throws only if the claims cannot be encoded as JSON.
    public func token(_ claims: TokenClaims) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let header = try encoder.encode(JWTHeader(fields: ["alg": "EdDSA", "typ": "JWT", "kid": .string(keyID)]))
        let body = try DefaultJWTSerializer(jsonEncoder: encoder).serialize(TokenBody(claims))
        let signed = Data("\(Base64URL.text(header)).".utf8) + body
        let signature = try privateKey.signature(for: signed)
        return String(decoding: signed, as: UTF8.self) + "." + Base64URL.text(signature)
    }

    /// The event that publishes the key to other services.
    public func published(notBefore: Date, revokedAt: Date? = nil) -> KeyPublished {
        KeyPublished(keyID: keyID, publicKey: publicKey, notBefore: notBefore, revokedAt: revokedAt)
    }
}
