public import Foundation

/// The current public key for sealing fields for payout. Keyed `payout`.
public struct PayoutKeyPublished: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("payout", "key-published")

    /// The key's id, which a sealed field carries.
    public let keyID: String
    /// The raw public key of X25519, 32 bytes.
    public let publicKey: Data

    /// A key.
    public init(keyID: String, publicKey: Data) { (self.keyID, self.publicKey) = (keyID, publicKey) }
}
