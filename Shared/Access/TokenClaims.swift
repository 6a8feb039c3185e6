public import Foundation

/// What an access token says. Whole seconds: that is what travels.
public struct TokenClaims: Sendable, Hashable {
    /// Who acts.
    public let principal: Principal
    /// Who the token is for; `TokenClaims.standardAudience` for commands to the services.
    public let audience: String
    /// From when it is good.
    public let issuedAt: Date
    /// From when it is good no longer.
    public let expiresAt: Date
    /// The token's own id.
    public let tokenID: UUID
    /// Whether a rehearsal instance issued it. A rehearsal's receipts are stamped with a clock that moves, so such a token is judged
    /// at the machine's clock instead. No production key signs one.
    public let isRehearsal: Bool

    /// The audience of tokens that travel with commands.
    public static let standardAudience = "quan"

    /// What a token is to say.
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
