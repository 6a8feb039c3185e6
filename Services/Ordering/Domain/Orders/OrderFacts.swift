import Kernel
import Messages
import Programme

extension Order {
    /// What rules may ask of an order and its product.
    var facts: Facts {
        Facts()
            .with("order", "number", .text(number)).with("order", "placedOn", .date(placedOn))
            .with("order", "firstPlacedOn", .date(firstPlacedOn)).with("order", "productName", .text(product.name))
            .with("order", "voucher", .amount(voucher)).with("order", "enterpriseName", .text(enterprise.name))
            .with("order", "institutionName", .text(institution.name)).with("order", "isRated", .flag(progress.stars != nil))
            .with("product", "name", .text(product.name)).with("product", "category", .text(product.category))
            .with("product", "service", product.service.map { .text($0) })
            .with("product", "guideLow", .amount(product.guideLow)).with("product", "guideHigh", .amount(product.guideHigh))
            .with("enterprise", "name", .text(enterprise.name)).with("institution", "name", .text(institution.name))
    }

    /// Whose accounts its caps are, on a day that decides.
    func capSubject(on today: CalendarDate) -> CapSubject {
        CapSubject(
            enterprise: enterprise.id.keyText, tier: tier, institution: institution.id.keyText,
            product: product.id.keyText,
            days: [.order: placedOn, .claim: placedOn, .redemptionDecision: today])
    }
}

extension ContractFacts {
    /// How long the service runs.
    var period: ServicePeriod {
        serviceThrough.map { .dates(from: serviceFrom, through: $0) } ?? .short
    }

    /// What rules may ask of a contract whose price, in the product's unit, is `price`.
    func facts(price: Fen) -> Facts {
        Facts()
            .with("contract", "productName", .text(productName)).with("contract", "total", .amount(totalFen))
            .with("contract", "price", .amount(price)).with("contract", "voucher", .amount(voucherFen))
            .with("contract", "selfPaid", .amount(selfPaidFen)).with("contract", "signedOn", .date(signedOn))
            .with("contract", "serviceFrom", .date(serviceFrom))
            .with("contract", "serviceThrough", serviceThrough.map { .date($0) })
    }
}
