import Crypto
public import Foundation
public import Messages
import Synchronization

/// A public key that tokens may be signed with.
public struct VerificationKey: Sendable, Hashable {
    /// Its id, as `kid` in a token's header: the key's thumbprint, so that an id fits one key only.
    public let keyID: String
    /// The raw public key of Ed25519, 32 bytes.
    public let publicKey: Data
    /// Tokens received from this instant on may be signed with it.
    public let notBefore: Date
    /// Tokens received from this instant on may not; nil while it is in use.
    public let revokedAt: Date?

    /// A key as identity publishes it. Throws `MalformedKey` where it is none, or its id is not its own.
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

    /// The id of a public key: the thumbprint RFC 8037 gives for Ed25519, 43 characters.
    public static func keyID(of publicKey: Data) -> String {
        let members = #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.text(publicKey))"}"#
        return Base64URL.text(Data(SHA256.hash(data: Data(members.utf8))))
    }

    /// Whether a token received at `instant` may be signed with it.
    func isInUse(at instant: Date) -> Bool {
        instant >= notBefore && revokedAt.map { instant < $0 } ?? true
    }

    /// Whether `signature` is this key's on `signed`.
    func signed(_ signed: some DataProtocol, signature: Data) -> Bool {
        ReadKeys.shared.key(publicKey)?.isValidSignature(signature, for: signed) ?? false
    }
}

/// A published key that is none.
public struct MalformedKey: Error, CustomStringConvertible {
    /// What is wrong with it.
    public var description: String { "not a public key of Ed25519 under its own thumbprint" }
}

/// Keys as the library wants them, read once a process. There are never many: a key lives for weeks.
private final class ReadKeys: Sendable {
    static let shared = ReadKeys()
    private static let atMost = 256

    private let keys = Mutex<[Data: Curve25519.Signing.PublicKey]>([:])

    func key(_ raw: Data) -> Curve25519.Signing.PublicKey? {
        if let known = keys.withLock({ $0[raw] }) { return known }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw) else { return nil }
        keys.withLock { keys in
            if keys.count >= Self.atMost { keys.removeAll() }
            keys[raw] = key
        }
        return key
    }
}
