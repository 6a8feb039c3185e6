import Crypto
import Foundation
import Kernel
import PayoutDomain

/// Decrypts account numbers that others have sealed for payout, and encrypts account numbers for payout's tables.
///
/// HKDF derives, from each 32-byte master key, a key for the tables (AES-256-GCM, bound to a row) and the key pair that others seal with.
/// The first master key encrypts; every master key decrypts. To rotate, put the new key in front.
struct AccountCipher: Sendable {
    /// The master key that an account number was encrypted with is missing.
    struct MissingMasterKey: Error, CustomStringConvertible {
        let description = "cannot decrypt an account number: its master key is not in payout.masterKeys; add it at the end of the list"
    }

    private struct Keys: Sendable {
        let table: SymmetricKey
        let digest: SymmetricKey
        let sealing: Curve25519.KeyAgreement.PrivateKey
        let id: String
    }

    private let first: Keys
    private let all: [Keys]

    /// - Parameter masterKeys: in base64; the first one encrypts.
    init(masterKeys: [String]) throws {
        let keys = try masterKeys.map { text in
            guard let bytes = Data(base64Encoded: text), bytes.count == 32 else {
                throw InvalidPayoutSetting(
                    description: "each key must be 32 bytes in base64; create one with `openssl rand -base64 32`")
            }
            return try Self.keys(SymmetricKey(data: bytes))
        }
        guard let first = keys.first else { throw InvalidPayoutSetting(description: "at least one key is required") }
        self.first = first
        all = keys
    }

    /// The id of the public key.
    var keyID: String { first.id }
    /// The raw public key that others seal with.
    var publicKey: Data { first.sealing.publicKey.rawRepresentation }

    /// Decrypts a sealed field; nil if key or context do not match.
    func open(_ field: SealedField, context: String) -> String? {
        all.first { $0.id == field.keyID }.flatMap { field.open(with: $0.sealing.rawRepresentation, context: context) }
    }

    /// The row that an encrypted number is bound to. It cannot be decrypted in another row, so that numbers cannot be moved between rows.
    enum Binding: Sendable {
        /// An institution's current account.
        case institution(UUID)
        /// The account that a disbursement is paid to.
        case disbursement(UUID)

        fileprivate var context: Data {
            switch self {
            case .institution(let id): Data("payee/\(id.uuidString.lowercased())".utf8)
            case .disbursement(let id): Data("disbursement/\(id.uuidString.lowercased())".utf8)
            }
        }
    }

    /// A copy of an institution's payee whose number is encrypted for a disbursement.
    func rebinding(_ payee: Payee, to disbursement: UUID) throws -> Payee {
        let number = try decrypt(payee.encryptedAccount, boundTo: .institution(payee.institutionID))
        return Payee(
            institutionID: payee.institutionID, accountName: payee.accountName, bankCode: payee.bankCode,
            maskedAccount: payee.maskedAccount, encryptedAccount: try encrypt(number, boundTo: .disbursement(disbursement)),
            fingerprint: payee.fingerprint)
    }

    /// A keyed digest that distinguishes an institution's numbers. The number cannot be recovered from it without the master key.
    func fingerprint(_ number: AccountNumber, of institution: UUID) -> String {
        let text = "\(institution.uuidString.lowercased())/\(number.text)"
        let digest = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: first.digest)
        return Data(digest).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Encrypts a number for payout's tables.
    func encrypt(_ number: AccountNumber, boundTo binding: Binding) throws -> [UInt8] {
        let box = try AES.GCM.seal(Data(number.text.utf8), using: first.table, authenticating: binding.context)
        guard let combined = box.combined else { throw MissingMasterKey() }
        return Array(combined)
    }

    /// Decrypts a number of payout's tables. The result may be sent only to the bank.
    func decrypt(_ bytes: [UInt8], boundTo binding: Binding) throws -> AccountNumber {
        for keys in all {
            if let box = try? AES.GCM.SealedBox(combined: Data(bytes)),
                let text = try? AES.GCM.open(box, using: keys.table, authenticating: binding.context)
            {
                return try AccountNumber(String(decoding: text, as: UTF8.self))
            }
        }
        throw MissingMasterKey()
    }

    private static func keys(_ master: SymmetricKey) throws -> Keys {
        func derive(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("quan payout \(purpose) 1".utf8), outputByteCount: 32)
        }
        let sealing = try Curve25519.KeyAgreement.PrivateKey(
            rawRepresentation: derive("sealing").withUnsafeBytes { Data($0) })
        let id = ContentHash(of: sealing.publicKey.rawRepresentation).hexadecimal.prefix(16)
        return Keys(table: derive("tables"), digest: derive("fingerprints"), sealing: sealing, id: String(id))
    }
}
