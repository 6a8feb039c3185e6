import Crypto
import Foundation
import Kernel
import PayoutDomain

/// Keeps account numbers: opens those that others sealed for us, and encrypts them for our own tables.
///
/// Everything comes from master keys of 32 bytes: of each, by HKDF, a key for the tables (AES-256-GCM, bound to the institution) and the key
/// pair that others seal for. The first is used for what is new; all open what is there, so a key is changed by putting another before it.
struct Vault: Sendable {
    /// Why there is no vault.
    struct Misconfigured: Error, CustomStringConvertible {
        let description: String
    }

    /// An account of ours that does not open: the master key it was encrypted with is missing.
    struct Locked: Error, CustomStringConvertible {
        let description = "an account does not open: the master key it was encrypted with is not among payout.masterKeys"
    }

    private struct Keys: Sendable {
        let table: SymmetricKey
        let sealing: Curve25519.KeyAgreement.PrivateKey
        let id: String
    }

    private let first: Keys
    private let all: [Keys]

    /// A vault of master keys in base64, the one in use first.
    init(masterKeys: [String]) throws {
        let keys = try masterKeys.map { text in
            guard let bytes = Data(base64Encoded: text), bytes.count == 32 else {
                throw Misconfigured(description: "payout.masterKeys: each is 32 bytes in base64, as `openssl rand -base64 32` writes them")
            }
            return try Self.keys(SymmetricKey(data: bytes))
        }
        guard let first = keys.first else { throw Misconfigured(description: "payout.masterKeys: one at least is needed") }
        self.first = first
        all = keys
    }

    /// The id of the key to seal with.
    var keyID: String { first.id }
    /// The raw public key to seal with.
    var publicKey: Data { first.sealing.publicKey.rawRepresentation }

    /// What was sealed for us; nil where it does not open.
    func open(_ field: SealedField, context: String) -> String? {
        all.first { $0.id == field.keyID }.flatMap { field.open(with: $0.sealing.rawRepresentation, context: context) }
    }

    /// A number encrypted for our tables.
    func encrypt(_ number: AccountNumber, of institution: UUID) throws -> [UInt8] {
        let box = try AES.GCM.seal(Data(number.text.utf8), using: first.table, authenticating: Self.context(institution))
        guard let combined = box.combined else { throw Locked() }
        return Array(combined)
    }

    /// A number of our tables in clear, for the bank alone.
    func decrypt(_ bytes: [UInt8], of institution: UUID) throws -> AccountNumber {
        for keys in all {
            if let box = try? AES.GCM.SealedBox(combined: Data(bytes)),
                let text = try? AES.GCM.open(box, using: keys.table, authenticating: Self.context(institution))
            {
                return try AccountNumber(String(decoding: text, as: UTF8.self))
            }
        }
        throw Locked()
    }

    private static func context(_ institution: UUID) -> Data { Data("payee/\(institution.uuidString.lowercased())".utf8) }

    private static func keys(_ master: SymmetricKey) throws -> Keys {
        func derive(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("quan payout \(purpose) 1".utf8), outputByteCount: 32)
        }
        let sealing = try Curve25519.KeyAgreement.PrivateKey(
            rawRepresentation: derive("sealing").withUnsafeBytes { Data($0) })
        let id = ContentHash(of: sealing.publicKey.rawRepresentation).hexadecimal.prefix(16)
        return Keys(table: derive("tables"), sealing: sealing, id: String(id))
    }
}
