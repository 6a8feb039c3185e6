import Crypto
public import Foundation
import Kernel
public import Messages
import Synchronization

/// A public key that verifies tokens.
public struct VerificationKey: Sendable, Hashable {
    /// Its id, as `kid` in a token's header: the key's thumbprint, so that an id belongs to exactly one key.
    public let keyID: String
    /// The raw public key of Ed25519, 32 bytes.
    public let publicKey: Data
    /// The key is valid for tokens received from this instant on.
    public let notBefore: Date
    /// The key is invalid for tokens received from this instant on; nil if it is not revoked.
    public let revokedAt: Date?

    /// A key published by identity. Throws `MalformedKey` if it is not an Ed25519 key or its id is not its thumbprint.
    public init(_ published: KeyPublished) throws {
        guard published.publicKey.count == 32, published.keyID == Self.keyID(of: published.publicKey) else { throw MalformedKey() }
        self.init(
            keyID: published.keyID, publicKey: published.publicKey, notBefore: published.notBefore, revokedAt: published.revokedAt)
    }

    init(keyID: String, publicKey: Data, notBefore: Date, revokedAt: Date?) {
        self.keyID = keyID
        self.publicKey = publicKey
        self.notBefore = notBefore
        self.revokedAt = revokedAt
    }

    /// The id of a public key: its RFC 8037 thumbprint, 43 characters.
    public static func keyID(of publicKey: Data) -> String {
        Ed25519Thumbprint.of(publicKey) ?? ""
    }

    /// Whether the key is valid for a token received at `instant`.
    func isInUse(at instant: Date) -> Bool {
        instant >= notBefore && revokedAt.map { instant < $0 } ?? true
    }

    /// Whether `signature` is this key's signature of `signed`.
    func isValidSignature(_ signature: Data, of signed: some DataProtocol) -> Bool {
        ParsedKeyCache.shared.key(publicKey)?.isValidSignature(signature, for: signed) ?? false
    }
}

/// A published key is malformed.
public struct MalformedKey: Error, CustomStringConvertible {
    /// What is wrong with it.
    public var description: String { "the published key is not an Ed25519 public key, or its id is not its thumbprint" }
}

/// Public keys in the library's form, parsed once per process. There are few, because a key lives for weeks.
private final class ParsedKeyCache: Sendable {
    static let shared = ParsedKeyCache()
    private static let maximumKeys = 256

    private let keys = Mutex<[Data: Curve25519.Signing.PublicKey]>([:])

    func key(_ raw: Data) -> Curve25519.Signing.PublicKey? {
        if let known = keys.withLock({ $0[raw] }) { return known }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw) else { return nil }
        keys.withLock { keys in
            if keys.count >= Self.maximumKeys { keys.removeAll() }
            keys[raw] = key
        }
        return key
    }
}
