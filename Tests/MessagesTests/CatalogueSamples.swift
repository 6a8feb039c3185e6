import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `catalogue`.
    static let catalogue: [CataloguedMessage] = [
        CataloguedMessage(PublishProgramme(files: files)),
        CataloguedMessage(ProgrammePublished(programmeID: "beijing-2026", version: 1, files: files)),
        CataloguedMessage(
            RegisterInstitution(
                institutionID: institution, programmeID: "beijing-2026", name: "北京数智服务有限公司", creditCode: "91110108MA01AAAA1R")),
        CataloguedMessage(
            InstitutionChanged(
                institutionID: institution, programmeID: "beijing-2026", name: "北京数智服务有限公司", creditCode: "91110108MA01AAAA1R",
                state: "admitted")),
        CataloguedMessage(
            ListProduct(
                programmeID: "beijing-2026", institutionID: institution, name: "智能排产系统", category: "digital-systems",
                service: "industrial-software", guideLowFen: Fen(1_000_000), guideHighFen: Fen(5_000_000), stockVouchers: 20),
            optional: ["service"]),
        CataloguedMessage(
            ChangeProduct(productID: product, change: .setStock, stockVouchers: 5, reason: "机构申请"), optional: ["stockVouchers", "reason"]),
        CataloguedMessage(
            ProductChanged(
                productID: product, programmeID: "beijing-2026", institutionID: institution, name: "智能排产系统",
                category: "digital-systems", service: "industrial-software", guideLowFen: Fen(1_000_000), guideHighFen: Fen(5_000_000),
                stockVouchers: 5, state: "listed"), optional: ["service"]),
        CataloguedMessage(AppointOffice(programmeID: "beijing-2026", role: "reviewer", organisation: institution)),
        CataloguedMessage(OfficeAppointed(programmeID: "beijing-2026", role: "reviewer", organisation: institution)),
    ]

    private static let institution = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d01")
    private static let product = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d02")
    private static let files = ProgrammeFiles(
        programme: ProgrammeFiles.File(name: "beijing-2026.yaml", text: "programme: beijing-2026\n"),
        clauses: [ProgrammeFiles.File(name: "BJ26.yaml", text: "registry: BJ26\n")],
        interpretations: ProgrammeFiles.File(name: "IN.yaml", text: "registry: IN\n"))
}
