import Crypto
import Foundation
import Kernel
import PayoutDomain

/// Keeps account numbers: opens those that others sealed for us, and encrypts them for our own tables.
///
/// Everything comes from master keys of 32 bytes: of each, by HKDF, a key for the tables (AES-256-GCM, bound to the place) and the key
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
        let digest: SymmetricKey
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

    /// What a number of our tables is bound to: it opens nowhere else, so that nobody moves it from one row to another.
    enum Place: Sendable {
        /// An institution's account as it is now.
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

    /// A payee whose number is kept for an institution, with the number encrypted for a disbursement.
    func fixing(_ payee: Payee, for disbursement: UUID) throws -> Payee {
        let number = try decrypt(payee.encryptedAccount, at: .institution(payee.institutionID))
        return Payee(
            institutionID: payee.institutionID, accountName: payee.accountName, bankCode: payee.bankCode,
            maskedAccount: payee.maskedAccount, encryptedAccount: try encrypt(number, at: .disbursement(disbursement)),
            fingerprint: payee.fingerprint)
    }

    /// A digest of an institution's number by which two are told apart, and from which no number is found without the master key.
    func fingerprint(_ number: AccountNumber, of institution: UUID) -> String {
        let text = "\(institution.uuidString.lowercased())/\(number.text)"
        let digest = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: first.digest)
        return Data(digest).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A number encrypted for our tables.
    func encrypt(_ number: AccountNumber, at place: Place) throws -> [UInt8] {
        let box = try AES.GCM.seal(Data(number.text.utf8), using: first.table, authenticating: place.context)
        guard let combined = box.combined else { throw Locked() }
        return Array(combined)
    }

    /// A number of our tables in clear, for the bank alone.
    func decrypt(_ bytes: [UInt8], at place: Place) throws -> AccountNumber {
        for keys in all {
            if let box = try? AES.GCM.SealedBox(combined: Data(bytes)),
                let text = try? AES.GCM.open(box, using: keys.table, authenticating: place.context)
            {
                return try AccountNumber(String(decoding: text, as: UTF8.self))
            }
        }
        throw Locked()
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
