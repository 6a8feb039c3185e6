import Kernel
import Messages
import Programme

extension Order {
    /// What rules may ask of an order and its product. Built in place: it is asked of every order that is placed.
    var facts: Facts {
        var values: [FieldName: FactValue] = [
            FieldName("order", "number"): .text(number), FieldName("order", "placedOn"): .date(placedOn),
            FieldName("order", "firstPlacedOn"): .date(firstPlacedOn), FieldName("order", "productName"): .text(product.name),
            FieldName("order", "voucher"): .amount(voucher), FieldName("order", "enterpriseName"): .text(enterprise.name),
            FieldName("order", "institutionName"): .text(institution.name), FieldName("order", "isRated"): .flag(progress.stars != nil),
            FieldName("product", "name"): .text(product.name), FieldName("product", "category"): .text(product.category),
            FieldName("product", "guideLow"): .amount(product.guideLow), FieldName("product", "guideHigh"): .amount(product.guideHigh),
            FieldName("order", "guideLow"): .amount(product.guideLow), FieldName("order", "guideHigh"): .amount(product.guideHigh),
            FieldName("enterprise", "name"): .text(enterprise.name), FieldName("institution", "name"): .text(institution.name),
        ]
        if let service = product.service { values[FieldName("product", "service")] = .text(service) }
        return Facts(values)
    }

    /// The states of the other procedures about the order, as far as its steps may need them.
    var otherStates: [String: String] { redemptionState.map { ["redemption": $0] } ?? [:] }

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
