import Access
import Crypto
import Foundation

/// A signer, the claims of its tokens, and a verifier with its key.
struct TokenBench {
    static let issued = Date(timeIntervalSince1970: 1_780_000_000)

    let signer = TokenSigner(Curve25519.Signing.PrivateKey())
    let says: TokenClaims = TokenBench.claims()

    static func claims(
        audience: String = TokenClaims.standardAudience, isRehearsal: Bool = false, issued: Date = TokenBench.issued,
        seconds: TimeInterval = 900, person: String = "p-1", roles: Set<String> = ["enterprise"]
    ) -> TokenClaims {
        TokenClaims(
            principal: Principal(person: person, organisation: UUID(uuid: UUID_NULL_1), roles: roles), audience: audience,
            issuedAt: issued, expiresAt: issued.addingTimeInterval(seconds), tokenID: UUID(uuid: UUID_NULL_1), isRehearsal: isRehearsal)
    }

    func token(audience: String = TokenClaims.standardAudience, isRehearsal: Bool = false) throws -> String {
        try signer.token(Self.claims(audience: audience, isRehearsal: isRehearsal))
    }

    func verifier() throws -> TokenVerifier { TokenVerifier(keys: [try VerificationKey(signer.published(notBefore: Self.issued))]) }

    func claims(of token: String?, at seconds: TimeInterval = 0) throws -> TokenClaims {
        try verifier().claims(of: token, receivedAt: Self.issued.addingTimeInterval(seconds), wallClock: Self.issued)
    }

    /// The fault of a token; nil if it is valid.
    func fault(of token: String?, at seconds: TimeInterval = 0, wallClock: TimeInterval = 0, keys: [VerificationKey]? = nil) -> TokenFault?
    {
        do {
            let long = try VerificationKey(signer.published(notBefore: Self.issued.addingTimeInterval(-3600)))
            _ = try TokenVerifier(keys: keys ?? [long]).claims(
                of: token, receivedAt: Self.issued.addingTimeInterval(seconds), wallClock: Self.issued.addingTimeInterval(wallClock))
            return nil
        } catch {
            return error as? TokenFault
        }
    }

    /// A token with this header, the bench's claims, and an invalid signature.
    func assembled(header: String) -> String {
        let body = (try? token())?.split(separator: ".")[1] ?? ""
        let encoded = Data(header.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
        return "\(encoded).\(body).\(String(repeating: "A", count: 86))"
    }
}

private let UUID_NULL_1: uuid_t = (1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16)
