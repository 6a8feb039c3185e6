import Crypto
public import Foundation

/// A text encrypted for one recipient, for example a bank account that passes through other services' tables and logs.
///
/// Sealed for an X25519 key with HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), and bound to a context such as the institution it
/// belongs to, so that it cannot be moved to another message.
public struct SealedField: Sendable, Hashable, Codable {
    /// The id of the recipient's key.
    public let keyID: String
    /// The encapsulated key, 32 bytes.
    public let encapsulatedKey: Data
    /// The encrypted text.
    public let ciphertext: Data

    /// A field from a message.
    public init(keyID: String, encapsulatedKey: Data, ciphertext: Data) {
        self.keyID = keyID
        self.encapsulatedKey = encapsulatedKey
        self.ciphertext = ciphertext
    }

    /// The maximum size of the encrypted text in bytes; no account number needs more.
    public static let maximumBytes = 256

    /// Decodes a field. A key of the wrong length or a text that is too long is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        keyID = try container.decode(Text<CodeText>.self, forKey: .keyID).wrappedValue
        encapsulatedKey = try container.decode(Data.self, forKey: .encapsulatedKey)
        ciphertext = try container.decode(Data.self, forKey: .ciphertext)
        guard encapsulatedKey.count == 32, ciphertext.count <= Self.maximumBytes else {
            throw DecodingError.dataCorruptedError(
                forKey: .ciphertext, in: container,
                debugDescription: "a sealed field has a key of 32 bytes and at most \(Self.maximumBytes) bytes of text")
        }
    }

    private static let ciphersuite = HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    private static let purpose = Data("quan sealed field 1".utf8)

    /// Seals `text` for a raw X25519 public key. Throws if the key is invalid. Each call gives a different result, so a request that may be
    /// repeated must be sealed only once.
    public static func seal(_ text: String, for publicKey: Data, keyID: String, context: String) throws -> SealedField {
        let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)
        var sender = try HPKE.Sender(recipientKey: key, ciphersuite: ciphersuite, info: purpose)
        let ciphertext = try sender.seal(Data(text.utf8), authenticating: Data(context.utf8))
        return SealedField(keyID: keyID, encapsulatedKey: sender.encapsulatedKey, ciphertext: ciphertext)
    }

    /// The text, opened with the raw private key; nil if the field was sealed for another key or context, or was changed.
    public func open(with privateKey: Data, context: String) -> String? {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey),
            var recipient = try? HPKE.Recipient(
                privateKey: key, ciphersuite: Self.ciphersuite, info: Self.purpose, encapsulatedKey: encapsulatedKey),
            let text = try? recipient.open(ciphertext, authenticating: Data(context.utf8))
        else { return nil }
        return String(validating: text, as: UTF8.self)
    }
}
