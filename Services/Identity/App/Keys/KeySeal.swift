import Crypto
import Foundation

/// Encrypts private keys for the database with AES-256-GCM under a key derived from the master key; the key id is authenticated too.
struct KeySeal: Sendable {
    static let minimumCharacters = 32

    private let key: SymmetricKey

    /// Throws `KeyFault.masterKeyTooShort` for fewer than `minimumCharacters` characters.
    init(masterKey: String) throws {
        guard masterKey.count >= Self.minimumCharacters else { throw KeyFault.masterKeyTooShort }
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(masterKey.utf8)), salt: Data("quan".utf8), info: Data("identity.signing-key".utf8),
            outputByteCount: 32)
    }

    func seal(_ privateKey: Data, of keyID: String) throws -> Data {
        guard let sealed = try AES.GCM.seal(privateKey, using: key, authenticating: Data(keyID.utf8)).combined else {
            throw KeyFault.unreadable
        }
        return sealed
    }

    func open(_ sealed: Data, of keyID: String) throws -> Data {
        do {
            return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Data(keyID.utf8))
        } catch {
            throw KeyFault.unreadable
        }
    }
}

/// The reason why the signing keys cannot be used. The descriptions contain no key.
enum KeyFault: Error, CustomStringConvertible {
    case masterKeyTooShort
    case masterKeyMissing
    case unreadable

    var description: String {
        switch self {
        case .masterKeyTooShort: "identity.masterKey has fewer than \(KeySeal.minimumCharacters) characters; set a longer one"
        case .masterKeyMissing:
            "the signing keys in the database are encrypted and identity.masterKey is not set; set the value they were encrypted with"
        case .unreadable:
            "a signing key in the database cannot be read with this identity.masterKey; set the value it was encrypted with"
        }
    }
}
