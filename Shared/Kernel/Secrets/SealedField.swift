import Crypto
public import Foundation

/// A text that only its reader can read: a bank account on its way through other services' tables and logs.
///
/// Sealed for an X25519 key by HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), and bound to a context such as the institution it belongs to,
/// so that it cannot be moved into another message.
public struct SealedField: Sendable, Hashable, Codable {
    /// The reader's key, by its id.
    public let keyID: String
    /// The encapsulated key, 32 bytes.
    public let encapsulatedKey: Data
    /// The text, encrypted.
    public let ciphertext: Data

    /// A field as it stands in a message.
    public init(keyID: String, encapsulatedKey: Data, ciphertext: Data) {
        self.keyID = keyID
        self.encapsulatedKey = encapsulatedKey
        self.ciphertext = ciphertext
    }

    /// The most bytes of the encrypted text: more than any account's number comes to.
    public static let mostBytes = 256

    /// Decodes a field. One that could not be sealed by us, or is longer than any, is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        keyID = try container.decode(Text<CodeText>.self, forKey: .keyID).wrappedValue
        encapsulatedKey = try container.decode(Data.self, forKey: .encapsulatedKey)
        ciphertext = try container.decode(Data.self, forKey: .ciphertext)
        guard encapsulatedKey.count == 32, ciphertext.count <= Self.mostBytes else {
            throw DecodingError.dataCorruptedError(
                forKey: .ciphertext, in: container,
                debugDescription: "a sealed field has a key of 32 bytes and at most \(Self.mostBytes) bytes of text")
        }
    }

    private static let ciphersuite = HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    private static let purpose = Data("quan sealed field 1".utf8)

    /// Seals `text` for the owner of a raw X25519 public key. Throws where the key is none. Each sealing differs: what must stay the same when
    /// it is sent again, as a request's body, is sealed once.
    public static func seal(_ text: String, for publicKey: Data, keyID: String, context: String) throws -> SealedField {
        let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)
        var sender = try HPKE.Sender(recipientKey: key, ciphersuite: ciphersuite, info: purpose)
        let ciphertext = try sender.seal(Data(text.utf8), authenticating: Data(context.utf8))
        return SealedField(keyID: keyID, encapsulatedKey: sender.encapsulatedKey, ciphertext: ciphertext)
    }

    /// The text, for who holds the raw private key; nil where the field was sealed for another key or context, or was changed.
    public func open(with privateKey: Data, context: String) -> String? {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey),
            var recipient = try? HPKE.Recipient(
                privateKey: key, ciphersuite: Self.ciphersuite, info: Self.purpose, encapsulatedKey: encapsulatedKey),
            let text = try? recipient.open(ciphertext, authenticating: Data(context.utf8))
        else { return nil }
        return String(validating: text, as: UTF8.self)
    }
}
