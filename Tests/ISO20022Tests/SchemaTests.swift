import Foundation
import ISO20022
import Kernel
import Subprocess
import SystemPackage
import Testing

/// The path of xmllint: `QUAN_XMLLINT`, or the path in Debian's libxml2-utils.
private let xmllint = ProcessInfo.processInfo.environment["QUAN_XMLLINT"] ?? "/usr/bin/xmllint"

@Suite(
    "Schemas of ISO 20022",
    .enabled(if: FileManager.default.isExecutableFile(atPath: xmllint), "xmllint is not installed; Debian has it in libxml2-utils"))
struct SchemaTests {
    private let at = Date(timeIntervalSince1970: 1_788_220_800)

    /// Whether a document is valid, as judged by xmllint.
    private func isValid(_ document: String, _ schema: String) async throws -> Bool {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).xml").path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: file) }
        try document.write(toFile: file, atomically: true, encoding: .utf8)
        let path = tests.appending(path: "Facts/iso20022/\(schema).xsd").path(percentEncoded: false)
        let arguments: Arguments = ["--nonet", "--noout", "--schema", path, file]
        return try await Subprocess.run(.path(FilePath(xmllint)), arguments: arguments, output: .discarded).terminationStatus.isSuccess
    }

    @Test("an instruction is a valid pain.001, and one without a required part is not")
    func instruction() async throws {
        let account = BankAccount(name: "A&B <数智>", number: "6222-0202", bankCode: "103100000026")
        let document = CreditTransfer(
            id: UUID(), amountFen: Fen(3_000_005), payer: account, payee: account, remittance: "服务券兑付", createdAt: at
        ).document
        #expect(try await isValid(document, "pain.001.001.09"))
        #expect(try await !isValid(document.replacing("<NbOfTxs>1</NbOfTxs>", with: ""), "pain.001.001.09"))
    }

    @Test("answers are a valid pain.002")
    func answers() async throws {
        let document = PaymentStatus.document(
            [
                PaymentStatus(id: UUID(), code: .settled, reference: "BK1", amountFen: Fen(1), at: at),
                PaymentStatus(id: UUID(), code: .rejected, reasonCode: "AC01", reason: "账号户名不符", at: at),
                PaymentStatus(id: UUID(), code: .pending, at: at),
            ], id: "A0", at: at)
        #expect(try await isValid(document, "pain.002.001.10"))
        #expect(try await isValid(PaymentStatus.document([], id: "A0", at: at), "pain.002.001.10"))
    }

    @Test("a statement is a valid camt.053, and so is an empty one")
    func statement() async throws {
        let bookings = [AccountStatement.Booking(reference: "BK1", endToEndID: UUID().compact, amountFen: Fen(100), at: at)]
        for some in [bookings, []] {
            let document = AccountStatement(id: "STMT-1", account: "0200", createdAt: at, bookings: some).document
            #expect(try await isValid(document, "camt.053.001.08"))
        }
    }
}
