import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `payout`.
    static let payout: [CataloguedMessage] = [
        CataloguedMessage(
            BatchPayouts(programmeID: "beijing-2026", disbursementIDs: [disbursement]), optional: ["disbursementIDs"]),
        CataloguedMessage(
            DecidePayout(
                subject: .disbursement(id: disbursement), decision: .receive, reason: "服务部分退款", amountFen: Fen(250_000),
                bankReference: "IN20260901000017"),
            optional: ["reason", "amountFen", "bankReference"]),
        CataloguedMessage(
            DisbursementChanged(
                disbursement: DisbursementSnapshot(
                    disbursementID: disbursement, orderID: order, programmeID: "beijing-2026", programmeVersion: 1,
                    institutionID: institution, institutionName: "北京数智服务有限公司", amountFen: Fen(3_000_000), state: "sent",
                    batchID: batch, attempt: 2, instructionID: instruction, attemptState: "pending", bankReference: "B0001",
                    owedFen: Fen(250_000), returnedFen: Fen(100_000), alarm: "paid-after-rejection",
                    payee: PayeeSnapshot(
                        accountName: "北京数智服务有限公司", bankCode: "102100099996", maskedAccount: "************1234",
                        fingerprint: "0f1e2d3c4b5a69788796a5b4c3d2e1f0"), isPayeeProposed: true),
                step: "send", from: "approved", reason: "账户名称已更正", at: Date(timeIntervalSince1970: 1_788_220_800)),
            optional: ["from", "reason"]),
        CataloguedMessage(
            RegisterPayee(
                institutionID: institution, accountName: "北京数智服务有限公司", bankCode: "102100099996",
                account: SealedField(keyID: "5f1c", encapsulatedKey: Data(1...32), ciphertext: Data([4, 5, 6])),
                knownInstitutionVersion: 3),
            optional: ["knownInstitutionVersion"]),
        CataloguedMessage(
            PayeeChanged(
                institutionID: institution, accountName: "北京数智服务有限公司", bankCode: "102100099996", maskedAccount: "************1234",
                fingerprint: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", at: Date(timeIntervalSince1970: 1_788_220_800)),
            optional: ["fingerprint"]),
        CataloguedMessage(PayoutKeyPublished(keyID: "5f1c", publicKey: Data([7, 8, 9]))),
        CataloguedMessage(ReconcilePayouts()),
        CataloguedMessage(
            PayoutsReconciled(
                statementAt: Date(timeIntervalSince1970: 1_788_220_800), paidCount: 2, paidFen: Fen(3_000_000), bookedCount: 1,
                bookedFen: Fen(2_000_000), creditedCount: 1, creditedFen: Fen(1), unbookedCount: 1, openCount: 1,
                findings: [
                    PayoutsReconciled.Finding(
                        kind: .notAtTheBank, instructionID: instruction, disbursementID: disbursement, bankReference: nil,
                        oursFen: Fen(1_000_000), bankFen: nil)
                ])),
    ]

    private static let disbursement = id("5b0a4a0e-6d3c-5f60-9d56-0a44f2b8a111")
    private static let order = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d70")
    private static let institution = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d71")
    private static let batch = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d72")
    private static let instruction = id("8c9c5c1e-0b7e-5a55-8c46-7f1d2f6f2b02")
}
