import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `identity`.
    static let identity: [CataloguedMessage] = [
        CataloguedMessage(
            RegisterEnterprise(
                enterpriseID: enterprise, programmeID: "beijing-2026", name: "北京某某科技有限公司", creditCode: "91110108MA01A1B2C7",
                registeredDivision: "110108", industryCode: "I65", employees: 42, revenueFen: Fen(1_234_567_890),
                assetsFen: Fen(900_000_000), isLegalPerson: true, establishedOn: day("2019-04-01"),
                declarations: ["no-other-subsidy"], knownProgrammeVersion: 2), optional: ["knownProgrammeVersion"]),
        CataloguedMessage(
            AppealEntitlement(
                enterpriseID: enterprise, programmeID: "beijing-2026", reason: "注册地已迁入北京", evidence: [evidence])),
        CataloguedMessage(
            DecideAppeal(enterpriseID: enterprise, programmeID: "beijing-2026", isGranted: true, reason: "执照已核对")),
        CataloguedMessage(
            RecordCredit(
                creditCode: "91110108MA01A1B2C7", entries: [RecordCredit.Entry(kind: "tax", on: day("2024-03-01"))],
                lists: ["dishonest-debtor"])),
        CataloguedMessage(
            CheckCredit(
                orderID: id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d70"), enterpriseID: enterprise, programmeID: "beijing-2026",
                programmeVersion: 1)),
        CataloguedMessage(
            EnterpriseChanged(
                enterpriseID: enterprise, programmeID: "beijing-2026", programmeVersion: 1, name: "北京某某科技有限公司",
                creditCode: "91110108MA01A1B2C7", state: "entitled", sizeClass: "small", tier: "every-sme", quotaFen: Fen(20_000_000),
                refusals: [
                    Refusal(
                        slug: "not-registered-in-beijing", clause: "BJ26-01",
                        numbers: [RefusalNumber(name: "enterprise.registeredDivision", value: .text("120101"), unit: .code)],
                        message: LocalisedText(zh: "贵单位注册地不在北京。", en: "Yours is registered elsewhere."))
                ],
                appeal: EntitlementAppeal(
                    reason: "注册地已迁入北京", evidence: [evidence], appealedAt: at,
                    decision: EntitlementAppeal.Decision(isGranted: true, reason: "执照已核对", decidedAt: at))),
            optional: ["tier", "quotaFen", "appeal"]),
        CataloguedMessage(
            KeyPublished(
                keyID: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
                publicKey: Data(base64Encoded: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=") ?? Data(), notBefore: at, revokedAt: at),
            optional: ["revokedAt"]),
    ]

    private static let enterprise = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d73")
    private static let evidence = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
    private static let at = Date(timeIntervalSince1970: 1_779_242_400)

    private static func day(_ text: String) -> CalendarDate { (try? CalendarDate(text)) ?? CalendarDate.first }
}
