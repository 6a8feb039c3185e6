import Foundation
import Kernel
import Messages
import Season

extension StageProps {
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

    /// What is handed in for an act. Papers are put into the store first.
    func request(for act: Act, _ scene: Scene, on day: CalendarDate, at desk: any SeasonDesk) async throws -> DeskRequest {
        let enterprise = enterprise(scene.plot.enterprise)
        let institution = institution(season.products[scene.plot.product].institution)
        let key = "\(act.kind)-\(act.order)\(act.isMistaken ? "-first" : "")"
        guard act.kind != .place else {
            let voucher = scene.plot.price.share(Self.share)
            return try DeskRequest(enterprise, "orders", Placing(productID: products[scene.plot.product], voucherFen: voucher), key: key)
        }
        guard let id = scene.orderID?.uuidString.lowercased() else { throw Complaint("an order that was not placed cannot go on") }
        func order(_ player: Player, _ step: String, _ body: some Encodable & Sendable) throws -> DeskRequest {
            try DeskRequest(player, "orders/\(id)/\(step)", body, key: key)
        }
        func redemption(_ player: Player, _ step: String, _ body: some Encodable & Sendable) throws -> DeskRequest {
            try DeskRequest(player, "redemptions/\(id)/\(step)", body, key: key)
        }
        switch act.kind {
        case .place, .accept: return try order(institution, "accept", Reason())
        case .decline: return try order(institution, "decline", Reason(reason: "档期已满"))
        case .cancel: return try order(enterprise, "cancel", Reason(reason: "计划有变"))
        case .contract: return try order(institution, "contract", contract(scene, on: day, isMistaken: act.isMistaken))
        case .confirmContract: return try order(enterprise, "confirm-contract", Confirmation(voucherFen: price(scene).share(Self.share)))
        case .complete: return try order(enterprise, "confirm-completion", Reason())
        case .rate: return try order(enterprise, "rating", Rating(stars: scene.plot.stars ?? 5))
        case .apply, .resubmit:
            let papers = try await upload(["contract", "receipt", "invoice"], scene, institution, desk)
            let facts = facts(scene, isMistaken: act.isMistaken)
            return try redemption(institution, "apply", Application(papers: papers, facts: facts))
        case .waive:
            let papers = try await upload(["waiver-statement"], scene, institution, desk)
            return try redemption(institution, "waive", Reason(reason: "自愿放弃", papers: papers))
        case .returnPapers: return try redemption(reviewer, "return", Reason(reason: "扫描件不清晰，请重新上传"))
        case .determine: return try redemption(reviewer, "determine", Reason(reason: "按合同核定", amountFen: determined(scene)))
        case .decide: return try redemption(officer, "decide", Reason())
        case .reject: return try redemption(officer, "refuse", Reason(reason: "服务内容与券面不符"))
        case .publish: return try redemption(officer, "publish", Reason())
        case .object: return try redemption(enterprise, "object", Reason(reason: "对金额有异议"))
        case .answer: return try redemption(officer, "answer-objection", Reason(reason: "经核查，异议不成立"))
        case .uphold: return try redemption(officer, "uphold-objection", Reason(reason: "经核查，异议成立"))
        case .reportRefund, .receiveRefund: return try refund(act, scene, institution, key)
        }
    }

    /// The programme's share of what is bought.
    private static let share = BasisPoints.known(3000)

    private func refund(_ act: Act, _ scene: Scene, _ institution: Player, _ key: String) throws -> DeskRequest {
        guard let id = scene.disbursementID?.uuidString.lowercased() else { throw Complaint("what was not paid cannot be returned") }
        if act.kind == .reportRefund {
            return try DeskRequest(institution, "disbursements/\(id)/report-refund", Reason(reason: "客户退款"), key: key)
        }
        return try DeskRequest(
            officer, "disbursements/\(id)/receive", Reason(amountFen: scene.determined, bankReference: "RET-\(act.order)"), key: key)
    }

    /// The price in the contract: what was ordered, a little less, or a little more.
    func price(_ scene: Scene) -> Fen {
        let guide = season.products[scene.plot.product]
        let price = scene.plot.price
        switch scene.plot.contractPrice {
        case .same: return price
        case .cheaper: return max(guide.guideLow, Fen(price.rawValue / 10 * 9))
        case .dearer: return min(guide.guideHigh, Fen(price.rawValue / 10 * 11))
        }
    }

    /// What the agency determines: all of it, or nine tenths.
    func determined(_ scene: Scene) -> Fen {
        let voucher = price(scene).share(Self.share)
        return scene.plot.review == .lower ? Fen(voucher.rawValue / 10 * 9) : voucher
    }

    private func contract(_ scene: Scene, on day: CalendarDate, isMistaken: Bool) -> ContractFacts {
        let mishap = isMistaken ? scene.plot.mishap : nil
        let guide = season.products[scene.plot.product]
        let total = mishap == .priceOutsideGuide ? Fen(guide.guideHigh.rawValue + 10_000) : price(scene)
        let voucher = price(scene).share(Self.share)
        let own = total.rawValue - voucher.rawValue + (mishap == .amountsDoNotAddUp ? 1 : 0)
        let signed = mishap == .signedBeforeOrder ? scene.firstPlacedOn.later(by: -1) : day
        return ContractFacts(
            productName: mishap == .otherProduct ? "其他产品" : guide.name, totalFen: total, voucherFen: voucher, selfPaidFen: Fen(own),
            signedOn: signed, serviceFrom: day, isSingleDelivery: true)
    }

    private func facts(_ scene: Scene, isMistaken: Bool) -> RedemptionFacts {
        let mishap = isMistaken ? scene.plot.mishap : nil
        let product = season.products[scene.plot.product]
        let enterprise = season.enterprises[scene.plot.enterprise].name
        let institution = season.institutions[product.institution].name
        let signed = scene.contractedOn ?? scene.placedOn
        let total = price(scene)
        let voucher = total.share(Self.share)
        let own = Fen(total.rawValue - voucher.rawValue)
        return RedemptionFacts(
            contract: ContractReading(
                productName: product.name, enterpriseName: enterprise, institutionName: institution, signedOn: signed, serviceFrom: signed,
                serviceThrough: nil, totalFen: total, priceFen: total, voucherFen: voucher, selfPaidFen: own,
                tableOrderNumber: scene.number + (mishap == .tableDiffers ? "9" : ""), tableOrderedOn: scene.placedOn,
                tableProductName: product.name),
            receipts: [
                ReceiptReading(
                    paidOn: mishap == .receiptBeforeContract ? signed.later(by: -1) : signed,
                    amountFen: mishap == .paidTooLittle ? Fen(own.rawValue - 1) : own, payerName: enterprise, payeeName: institution)
            ],
            invoices: [
                InvoiceReading(
                    number: "2611\(String(1_000_000_000_000_000 + scene.index))",
                    issuedOn: mishap == .invoiceBeforeContract ? signed.later(by: -1) : signed,
                    totalFen: mishap == .invoiceDiffers ? Fen(total.rawValue - 100) : total, kind: .fullyDigital,
                    buyerName: mishap == .partiesDiffer ? "另一家公司" : enterprise, sellerName: institution)
            ])
    }

    private func upload(_ documents: [String], _ scene: Scene, _ player: Player, _ desk: any SeasonDesk) async throws -> [RedemptionPaper] {
        try await withThrowingTaskGroup(of: (Int, RedemptionPaper).self) { group in
            for (place, document) in documents.enumerated() {
                group.addTask {
                    let hash = try await desk.upload(Paper.pdf("\(document) \(scene.number)"), name: "\(document).pdf", as: player)
                    return (place, RedemptionPaper(document: document, file: hash, fileName: "\(document).pdf"))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension BasisPoints {
    /// A share that is known to be one.
    static func known(_ value: Int64) -> BasisPoints {
        guard let share = try? BasisPoints(value) else { preconditionFailure("\(value) is no share") }
        return share
    }
}
