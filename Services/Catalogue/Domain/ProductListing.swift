public import Foundation
public import Kernel
public import Messages
public import Programme

/// Listing a product with a number of vouchers.
public enum ProductListing {
    /// The command's name in the programme.
    public static let command = "list-product"
    /// The dearest a product can be: a hundred million yuan, far above any subsidy's base.
    public static let greatestPriceFen = Fen(10_000_000_000)
    /// The most vouchers a product can have.
    public static let greatestStockVouchers: Int64 = 10_000_000

    /// The listed product.
    ///
    /// Who may list, from which state of the application and when, says the programme's procedure (QUAN-10, QUAN-15 with the step's clauses).
    /// The category and the kind of service are the programme's (QUAN-07), the guide prices and the number of vouchers possible (QUAN-11).
    /// - Parameters:
    ///   - id: the command's id, which becomes the product's.
    ///   - institution: of this programme.
    public static func list(
        _ input: ListProduct, id: UUID, roles: Set<String>, institution: Institution, programme: Programme, _ circumstances: Circumstances
    ) throws(Refusal) -> Product {
        let step = try programme.step(procedure: Product.procedure, command: command, state: Procedure.start, roles: roles)
        let application = institution.standing == .admitted ? institution.applicationState : Procedure.start
        for refusal in programme.refusals(before: step, otherStates: [Institution.application: application], circumstances) {
            throw refusal
        }
        let name = try CatalogueText.checked(input.name, "name", atMost: CatalogueText.nameCharacters)
        try checkPlace(category: input.category, service: input.service, in: programme)
        try checkGuide(input.guideLowFen, input.guideHighFen, step)
        try checkStock(input.stockVouchers, step)
        return Product(
            id: id, institution: institution.id, programmeVersion: programme.version, name: name, category: input.category,
            service: input.service, guideLowFen: input.guideLowFen, guideHighFen: input.guideHighFen, stockVouchers: input.stockVouchers,
            state: step.to ?? Procedure.start)
    }

    private static func checkPlace(category id: String, service: String?, in programme: Programme) throws(Refusal) {
        guard let category = programme.category(id) else {
            throw PlatformRule.unknownReference.refusal(LocalisedText(zh: "项目没有该服务类别。", en: "The programme has no such category."))
                .comparing("categories", programme.categories.count, .count)
        }
        let kinds = category.services.map(\.id)
        guard kinds.isEmpty ? service == nil : kinds.contains(service ?? "") else {
            throw category.citation.clauses.reduce(
                PlatformRule.unknownReference.refusal(
                    LocalisedText(zh: "该服务类别没有这一服务种类。", en: "The category has no such kind of service."))
            ) { $0.under($1) }.comparing("category", category.id, .code).comparing("expected", kinds.joined(separator: ","), .code)
        }
    }

    private static func checkGuide(_ low: Fen, _ high: Fen, _ step: Step) throws(Refusal) {
        guard Fen(1) <= low, low <= high, high <= greatestPriceFen else {
            throw step.refusal(.amountOutOfRange).comparing("guideLow", low).comparing("guideHigh", high)
                .comparing("most", greatestPriceFen)
        }
    }

    /// A product without vouchers is none that anybody could order; ending or suspending it is a step of its own.
    static func checkStock(_ vouchers: Int64, _ step: Step) throws(Refusal) {
        guard (1...greatestStockVouchers).contains(vouchers) else {
            throw step.refusal(.amountOutOfRange).comparing("stock", vouchers, .vouchers).comparing("least", 1, .vouchers)
                .comparing("most", greatestStockVouchers, .vouchers)
        }
    }
}

extension Step {
    /// A refusal of the platform's, under the step's clauses too.
    func refusal(_ rule: PlatformRule, _ detail: LocalisedText? = nil) -> Refusal {
        citation.clauses.reduce(rule.refusal(detail)) { $0.under($1) }
    }
}
