import Foundation
import Kernel
import Messages
import Operations
import Season

extension SeasonFixtures {
    private struct Placing: Encodable {
        let productID: UUID
        let voucherFen: Fen
        let contact = "张经理"
    }

    private struct Reason: Encodable {
        var reason: String?
        var amountFen: Fen?
        var papers: [RedemptionPaper]?
        var bankReference: String?
    }

    private struct Confirmation: Encodable {
        let voucherFen: Fen
    }

    private struct Rating: Encodable {
        let stars: Int
        let comment = "服务及时"
    }

    private struct Application: Encodable {
        let papers: [RedemptionPaper]
        let facts: RedemptionFacts
    }

    /// The request of an action. Its papers are uploaded first.
    func request(for action: SeasonAction, _ order: SeasonOrder, on day: CalendarDate, at portal: any SeasonPortal) async throws
        -> PortalRequest
    {
        let enterprise = enterprise(order.scenario.enterprise)
        let institution = institution(season.products[order.scenario.product].institution)
        let key = "\(action.kind)-\(action.order)\(action.isDefective ? "-first" : "")"
        guard action.kind != .place else {
            let voucher = order.scenario.price.share(Self.share)
            return try PortalRequest(
                enterprise, "orders", Placing(productID: products[order.scenario.product], voucherFen: voucher), key: key)
        }
        guard let id = order.orderID?.uuidString.lowercased() else {
            throw CommandError("an order that was not placed has no further action")
        }
        func orderRequest(_ participant: Participant, _ step: String, _ body: some Encodable & Sendable) throws -> PortalRequest {
            try PortalRequest(participant, "orders/\(id)/\(step)", body, key: key)
        }
        func redemptionRequest(_ participant: Participant, _ step: String, _ body: some Encodable & Sendable) throws -> PortalRequest {
            try PortalRequest(participant, "redemptions/\(id)/\(step)", body, key: key)
        }
        switch action.kind {
        case .place, .accept: return try orderRequest(institution, "accept", Reason())
        case .decline: return try orderRequest(institution, "decline", Reason(reason: "档期已满"))
        case .cancel: return try orderRequest(enterprise, "cancel", Reason(reason: "计划有变"))
        case .contract: return try orderRequest(institution, "contract", contract(order, on: day, isDefective: action.isDefective))
        case .confirmContract:
            return try orderRequest(enterprise, "confirm-contract", Confirmation(voucherFen: price(order).share(Self.share)))
        case .complete: return try orderRequest(enterprise, "confirm-completion", Reason())
        case .rate: return try orderRequest(enterprise, "rating", Rating(stars: order.scenario.stars ?? 5))
        case .apply, .resubmit:
            let papers = try await upload(["contract", "receipt", "invoice"], order, institution, portal)
            let facts = facts(order, isDefective: action.isDefective)
            return try redemptionRequest(institution, "apply", Application(papers: papers, facts: facts))
        case .waive:
            let papers = try await upload(["waiver-statement"], order, institution, portal)
            return try redemptionRequest(institution, "waive", Reason(reason: "自愿放弃", papers: papers))
        case .returnPapers: return try redemptionRequest(reviewer, "return", Reason(reason: "扫描件不清晰，请重新上传"))
        case .determine: return try redemptionRequest(reviewer, "determine", Reason(reason: "按合同核定", amountFen: determined(order)))
        case .decide: return try redemptionRequest(officer, "decide", Reason())
        case .reject: return try redemptionRequest(officer, "refuse", Reason(reason: "服务内容与券面不符"))
        case .publish: return try redemptionRequest(officer, "publish", Reason())
        case .object: return try redemptionRequest(enterprise, "object", Reason(reason: "对金额有异议"))
        case .answer: return try redemptionRequest(officer, "answer-objection", Reason(reason: "经核查，异议不成立"))
        case .uphold: return try redemptionRequest(officer, "uphold-objection", Reason(reason: "经核查，异议成立"))
        case .reportRefund, .receiveRefund: return try refundRequest(action, order, institution, key)
        }
    }

    /// The programme's share of the price.
    private static let share = BasisPoints.known(3000)

    private func refundRequest(_ action: SeasonAction, _ order: SeasonOrder, _ institution: Participant, _ key: String) throws
        -> PortalRequest
    {
        guard let id = order.disbursementID?.uuidString.lowercased() else {
            throw CommandError("an order without a disbursement has no refund")
        }
        if action.kind == .reportRefund {
            return try PortalRequest(institution, "disbursements/\(id)/report-refund", Reason(reason: "客户退款"), key: key)
        }
        return try PortalRequest(
            officer, "disbursements/\(id)/receive", Reason(amountFen: order.determined, bankReference: "RET-\(action.order)"), key: key)
    }

    /// The contract's price: the ordered price, 10% less or 10% more, within the guide price.
    func price(_ order: SeasonOrder) -> Fen {
        let guide = season.products[order.scenario.product]
        let price = order.scenario.price
        switch order.scenario.contractPrice {
        case .same: return price
        case .lower: return max(guide.guideLow, Fen(price.rawValue / 10 * 9))
        case .higher: return min(guide.guideHigh, Fen(price.rawValue / 10 * 11))
        }
    }

    /// The amount determined by the agency: all of the voucher amount, or nine tenths.
    func determined(_ order: SeasonOrder) -> Fen {
        let voucher = price(order).share(Self.share)
        return order.scenario.review == .lower ? Fen(voucher.rawValue / 10 * 9) : voucher
    }

    private func contract(_ order: SeasonOrder, on day: CalendarDate, isDefective: Bool) -> ContractFacts {
        let defect = isDefective ? order.scenario.defect : nil
        let guide = season.products[order.scenario.product]
        let total = defect == .priceOutsideGuide ? Fen(guide.guideHigh.rawValue + 10_000) : price(order)
        let voucher = price(order).share(Self.share)
        let own = total.rawValue - voucher.rawValue + (defect == .amountsDoNotAddUp ? 1 : 0)
        let signed = defect == .signedBeforeOrder ? order.firstPlacedOn.later(by: -1) : day
        return ContractFacts(
            productName: defect == .otherProduct ? "其他产品" : guide.name, totalFen: total, voucherFen: voucher, selfPaidFen: Fen(own),
            signedOn: signed, serviceFrom: day, isSingleDelivery: true)
    }

    private func facts(_ order: SeasonOrder, isDefective: Bool) -> RedemptionFacts {
        let defect = isDefective ? order.scenario.defect : nil
        let product = season.products[order.scenario.product]
        let enterprise = season.enterprises[order.scenario.enterprise].name
        let institution = season.institutions[product.institution].name
        let signed = order.contractedOn ?? order.placedOn
        let total = price(order)
        let voucher = total.share(Self.share)
        let own = Fen(total.rawValue - voucher.rawValue)
        return RedemptionFacts(
            contract: ContractReading(
                productName: product.name, enterpriseName: enterprise, institutionName: institution, signedOn: signed, serviceFrom: signed,
                serviceThrough: nil, totalFen: total, priceFen: total, voucherFen: voucher, selfPaidFen: own,
                tableOrderNumber: order.number + (defect == .tableDiffers ? "9" : ""), tableOrderedOn: order.placedOn,
                tableProductName: product.name),
            receipts: [
                ReceiptReading(
                    paidOn: defect == .receiptBeforeContract ? signed.later(by: -1) : signed,
                    amountFen: defect == .paidTooLittle ? Fen(own.rawValue - 1) : own, payerName: enterprise, payeeName: institution)
            ],
            invoices: [
                InvoiceReading(
                    number: "2611\(String(1_000_000_000_000_000 + order.index))",
                    issuedOn: defect == .invoiceBeforeContract ? signed.later(by: -1) : signed,
                    totalFen: defect == .invoiceDiffers ? Fen(total.rawValue - 100) : total, kind: .fullyDigital,
                    buyerName: defect == .partiesDiffer ? "另一家公司" : enterprise, sellerName: institution)
            ])
    }

    private func upload(_ documents: [String], _ order: SeasonOrder, _ participant: Participant, _ portal: any SeasonPortal) async throws
        -> [RedemptionPaper]
    {
        try await withThrowingTaskGroup(of: (Int, RedemptionPaper).self) { group in
            for (index, document) in documents.enumerated() {
                group.addTask {
                    let hash = try await portal.upload(Paper.pdf("\(document) \(order.number)"), name: "\(document).pdf", as: participant)
                    return (index, RedemptionPaper(document: document, file: hash, fileName: "\(document).pdf"))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension BasisPoints {
    /// A valid share, given as a constant.
    static func known(_ value: Int64) -> BasisPoints {
        guard let share = try? BasisPoints(value) else { preconditionFailure("\(value) is not a valid share") }
        return share
    }
}
