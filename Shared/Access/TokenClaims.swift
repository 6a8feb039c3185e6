public import Foundation

/// The claims of an access token. Instants are truncated to whole seconds in the token.
public struct TokenClaims: Sendable, Hashable {
    /// The person and organisation that the token was issued to.
    public let principal: Principal
    /// The audience; `TokenClaims.standardAudience` for commands to the services.
    public let audience: String
    /// The token is valid from this instant.
    public let issuedAt: Date
    /// The token is invalid from this instant.
    public let expiresAt: Date
    /// The token's own id.
    public let tokenID: UUID
    /// Whether a rehearsal instance issued it. A rehearsal stamps receipts with its movable clock, so such a token is checked against the
    /// machine's clock instead. No production key signs one.
    public let isRehearsal: Bool

    /// The audience of tokens that are sent with commands.
    public static let standardAudience = "quan"

    /// Claims for a token.
    public init(
        principal: Principal, audience: String = standardAudience, issuedAt: Date, expiresAt: Date, tokenID: UUID, isRehearsal: Bool = false
    ) {
        self.principal = principal
        self.audience = audience
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.tokenID = tokenID
        self.isRehearsal = isRehearsal
    }
}
