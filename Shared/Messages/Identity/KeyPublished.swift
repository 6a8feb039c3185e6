public import Foundation
import Kernel

/// A signing key of access tokens is in use or was revoked. Keyed by the key's id.
public struct KeyPublished: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("identity", "key-published")

    /// The key's id, as `kid` in a token's header: its thumbprint.
    public let keyID: String
    /// The raw public key of Ed25519, 32 bytes.
    public let publicKey: Data
    /// The key is valid for tokens received from this instant on.
    public let notBefore: Date
    /// The key is invalid for tokens received from this instant on; nil if it is not revoked.
    public let revokedAt: Date?

    /// The state of a key.
    public init(keyID: String, publicKey: Data, notBefore: Date, revokedAt: Date? = nil) {
        self.keyID = keyID
        self.publicKey = publicKey
        self.notBefore = notBefore
        self.revokedAt = revokedAt
    }

    /// Reads the state of a key. A key that is not an Ed25519 key, or whose id is not its thumbprint, cannot be read: no token could be
    /// verified with it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        keyID = try container.decode(String.self, forKey: .keyID)
        publicKey = try container.decode(Data.self, forKey: .publicKey)
        notBefore = try container.decode(Date.self, forKey: .notBefore)
        revokedAt = try container.decodeIfPresent(Date.self, forKey: .revokedAt)
        guard keyID == Ed25519Thumbprint.of(publicKey) else {
            throw DecodingError.dataCorruptedError(
                forKey: .keyID, in: container, debugDescription: "the id is not the thumbprint of an Ed25519 public key of 32 bytes")
        }
    }
}
