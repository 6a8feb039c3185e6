import Crypto
import Foundation
import Kernel
import Messages
import PayoutDomain
import Testing

@testable import Payout

@Suite("Bank accounts")
struct AccountTests {
    private func key(_ byte: UInt8) -> String { Data(repeating: byte, count: 32).base64EncodedString() }

    @Test("an account number is masked when it is printed")
    func masked() throws {
        let number = try AccountNumber("6222020200112233445")
        #expect(number.masked == "***************3445")
        #expect("\(number)" == number.masked)
        #expect(try AccountNumber("123456").masked == "******")
        for wrong in ["12345", "", "62220202001122334455667788990011223", "6222 0202", "６２２２０２０２", "-12345678"] {
            let refused = refusal { _ = try AccountNumber(wrong) }
            #expect(refused?.clauses == ["QUAN-01"])
        }
    }

    @Test("a sealed field can be decrypted only with its key and context, and only unchanged")
    func sealed() throws {
        let cipher = try AccountCipher(masterKeys: [key(1)])
        let field = try SealedField.seal("6222020200112233445", for: cipher.publicKey, keyID: cipher.keyID, context: "a")
        #expect(cipher.open(field, context: "a") == "6222020200112233445")
        #expect(cipher.open(field, context: "b") == nil)
        #expect(try AccountCipher(masterKeys: [key(2)]).open(field, context: "a") == nil)
        var bytes = field.ciphertext
        bytes[bytes.startIndex] ^= 1
        let changed = SealedField(keyID: field.keyID, encapsulatedKey: field.encapsulatedKey, ciphertext: bytes)
        #expect(cipher.open(changed, context: "a") == nil)
    }

    @Test("an encrypted number can be decrypted only for its institution and with its master key, also after a key rotation")
    func encrypted() throws {
        let number = try AccountNumber("6222020200112233445")
        let institution = UUID()
        let bytes = try AccountCipher(masterKeys: [key(1)]).encrypt(number, boundTo: .institution(institution))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("6222"))
        let changed = try AccountCipher(masterKeys: [key(2), key(1)])
        #expect(try changed.decrypt(bytes, boundTo: .institution(institution)) == number)
        #expect(throws: AccountCipher.MissingMasterKey.self) { try changed.decrypt(bytes, boundTo: .institution(UUID())) }
        // It cannot be moved to a disbursement's row either.
        #expect(throws: AccountCipher.MissingMasterKey.self) { try changed.decrypt(bytes, boundTo: .disbursement(institution)) }
        #expect(throws: AccountCipher.MissingMasterKey.self) {
            try AccountCipher(masterKeys: [key(2)]).decrypt(bytes, boundTo: .institution(institution))
        }
        #expect(throws: InvalidPayoutSetting.self) { try AccountCipher(masterKeys: ["c2hvcnQ="]) }
        #expect(throws: InvalidPayoutSetting.self) { try AccountCipher(masterKeys: []) }
    }
}
