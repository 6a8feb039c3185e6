import Foundation
import JWTKit

/// A parsed token. Nothing of it is verified yet.
struct ParsedToken: Sendable {
    let keyID: String
    let body: TokenBody
    /// The signed bytes: header, period and body.
    let signed: Data
    let signature: Data
}

/// The claims in a token's JSON.
struct TokenBody: JWTPayload {
    let sub: String
    let org: UUID
    let roles: Set<String>
    let aud: AudienceClaim
    let iat: Int64
    let exp: Int64
    let jti: UUID
    let rehearsal: Bool?

    init(_ claims: TokenClaims) {
        sub = claims.principal.person
        org = claims.principal.organisation
        roles = claims.principal.roles
        aud = AudienceClaim(value: [claims.audience])
        iat = Self.seconds(claims.issuedAt)
        exp = Self.seconds(claims.expiresAt)
        jti = claims.tokenID
        rehearsal = claims.isRehearsal ? true : nil
    }

    /// The claims without reserved roles; nil if the token is not for `audience`.
    func claims(for audience: String) -> TokenClaims? {
        guard aud.value.contains(audience) else { return nil }
        return TokenClaims(
            principal: Principal(person: sub, organisation: org, roles: roles.subtracting(Principal.reservedRoles)), audience: audience,
            issuedAt: Date(timeIntervalSince1970: TimeInterval(iat)), expiresAt: Date(timeIntervalSince1970: TimeInterval(exp)),
            tokenID: jti, isRehearsal: rehearsal ?? false)
    }

    private static func seconds(_ instant: Date) -> Int64 { Int64(exactly: instant.timeIntervalSince1970.rounded(.down)) ?? 0 }

    /// Never called: JWTKit's verification is asynchronous, so `TokenVerifier` verifies instead.
    func verify(using algorithm: some JWTAlgorithm) throws { throw TokenFault.notAToken }
}

/// Bytes as base64url without padding. An encoding with leftover bits set is rejected, so that a token has exactly one text.
enum Base64URL {
    static func text(_ octets: some DataProtocol) -> String {
        Data(octets).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func octets(_ text: some StringProtocol) -> Data? {
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let octets = Data(base64Encoded: standard + padding), self.text(octets) == text else { return nil }
        return octets
    }
}
