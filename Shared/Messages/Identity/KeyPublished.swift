public import Foundation

/// A key that access tokens are signed with from now on, or that no longer counts. Keyed by the key's id.
public struct KeyPublished: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("identity", "key-published")

    /// The key's id, as `kid` in a token's header.
    public let keyID: String
    /// The raw public key of Ed25519, 32 bytes.
    public let publicKey: Data
    /// Tokens received from this instant on may be signed with it.
    public let notBefore: Date
    /// Tokens received from this instant on may not; nil while it is in use.
    public let revokedAt: Date?

    /// A key as it stands.
    public init(keyID: String, publicKey: Data, notBefore: Date, revokedAt: Date? = nil) {
        self.keyID = keyID
        self.publicKey = publicKey
        self.notBefore = notBefore
        self.revokedAt = revokedAt
    }
}
