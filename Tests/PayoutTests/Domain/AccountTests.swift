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

    @Test("an account's number is masked wherever it is printed")
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

    @Test("a sealed field opens for its reader and its context alone, and not when a bit of it was changed")
    func sealed() throws {
        let vault = try Vault(masterKeys: [key(1)])
        let field = try SealedField.seal("6222020200112233445", for: vault.publicKey, keyID: vault.keyID, context: "a")
        #expect(vault.open(field, context: "a") == "6222020200112233445")
        #expect(vault.open(field, context: "b") == nil)
        #expect(try Vault(masterKeys: [key(2)]).open(field, context: "a") == nil)
        var bytes = field.ciphertext
        bytes[bytes.startIndex] ^= 1
        let changed = SealedField(keyID: field.keyID, encapsulatedKey: field.encapsulatedKey, ciphertext: bytes)
        #expect(vault.open(changed, context: "a") == nil)
    }

    @Test("a number at rest opens for its institution alone, also once another master key is in use, and not without its own")
    func atRest() throws {
        let number = try AccountNumber("6222020200112233445")
        let institution = UUID()
        let bytes = try Vault(masterKeys: [key(1)]).encrypt(number, at: .institution(institution))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("6222"))
        let changed = try Vault(masterKeys: [key(2), key(1)])
        #expect(try changed.decrypt(bytes, at: .institution(institution)) == number)
        #expect(throws: Vault.Locked.self) { try changed.decrypt(bytes, at: .institution(UUID())) }
        // Nor as the account of a disbursement: nobody moves it from one row to another.
        #expect(throws: Vault.Locked.self) { try changed.decrypt(bytes, at: .disbursement(institution)) }
        #expect(throws: Vault.Locked.self) { try Vault(masterKeys: [key(2)]).decrypt(bytes, at: .institution(institution)) }
        #expect(throws: Vault.Misconfigured.self) { try Vault(masterKeys: ["c2hvcnQ="]) }
        #expect(throws: Vault.Misconfigured.self) { try Vault(masterKeys: []) }
    }
}
