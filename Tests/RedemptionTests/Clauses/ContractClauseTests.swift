import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Clauses about the contract")
struct ContractClauseTests {
    @Test("BJ26-31: the product in the contract must be the ordered product")
    func sameProduct() throws {
        var papers = Papers()
        papers.contractProduct = "研发协同云（旗舰版）"
        try expectApplying(papers, refusedBy: "BJ26-31", unless: TestProgrammes.beijing2026().without("contract-same-product"))
        papers.contractProduct = "研发 协同云"
        try expectApplying(papers, refusedBy: "BJ26-31", unless: TestProgrammes.beijing2026().without("contract-same-product"))
        papers.contractProduct = " 研发协同云　"
        #expect(try RedemptionScenario.applied(nil, papers).state == "in-review", "blanks at the edges do not count")
    }

    @Test("BJ26-32: the contract must state the voucher amount and the self-paid amount")
    func statesAmounts() throws {
        let lenient = try TestProgrammes.beijing2026().without(
            "contract-states-amounts", "contract-amounts-add-up", "contract-voucher-as-ordered", "enterprise-pays-the-rest")
        for change in [{ $0.voucher = nil }, { $0.selfPaid = nil }] as [(inout Papers) -> Void] {
            var papers = Papers()
            change(&papers)
            try expectApplying(papers, refusedBy: "BJ26-32", unless: lenient)
        }
    }

    @Test("BJ26-32: voucher amount and self-paid amount must add up to the total, to the fen")
    func amountsAddUp() throws {
        var papers = Papers()
        papers.selfPaid = Fen(6_999_999)
        try expectApplying(papers, refusedBy: "BJ26-32", unless: TestProgrammes.beijing2026().without("contract-amounts-add-up"))
    }

    @Test("BJ26-32: the contract's voucher amount must not exceed the reserved amount, to the fen")
    func voucherAsOrdered() throws {
        var papers = Papers()
        papers.orderVoucher = Fen(2_999_999)
        try expectApplying(papers, refusedBy: "BJ26-32", unless: TestProgrammes.beijing2026().without("contract-voucher-as-ordered"))
    }

    @Test("BJ26-33: contract and service must not begin before the first order for the product, to the day", arguments: [true, false])
    func afterFirstOrder(isService: Bool) throws {
        var papers = Papers()
        papers.firstPlacedOn = "2026-05-08"
        if isService { papers.serviceFrom = "2026-05-07" } else { papers.signedOn = "2026-05-07" }
        let rule = isService ? "service-starts-after-order" : "contract-signed-after-order"
        try expectApplying(papers, refusedBy: "BJ26-33", unless: TestProgrammes.beijing2026().without(rule))
        papers.firstPlacedOn = "2026-05-07"
        #expect(
            try RedemptionScenario.applied(nil, papers).state == "in-review",
            "an earlier order for the product keeps the contract valid (IN-08)")
    }

    @Test("BJ26-34: the contract must list order number, order time and product name in a table", arguments: 0..<4)
    func table(what: Int) throws {
        var papers = Papers()
        switch what {
        case 0: papers.tableNumber = "110000-20260508-7K3M9QX2ABCE"
        case 1: papers.tableDay = "2026-05-09"
        case 2: papers.tableProduct = "其他产品"
        default: papers.tableNumber = nil
        }
        try expectApplying(papers, refusedBy: "BJ26-34", unless: TestProgrammes.beijing2026().without("contract-tables-order"))
    }

    @Test(
        "BJ26-43: the contract's price must be within the published guide price, to the fen", arguments: [Fen(7_999_999), Fen(12_000_001)])
    func insideGuide(price: Fen) throws {
        var papers = Papers()
        papers.price = price
        try expectApplying(papers, refusedBy: "BJ26-43", unless: TestProgrammes.beijing2026().without("price-inside-guide"))
        for edge in [yuan(80_000), yuan(120_000)] {
            papers.price = edge
            #expect(try RedemptionScenario.applied(nil, papers).state == "in-review")
        }
    }

    @Test("QUAN-27: a contract that differs from its record is refused, to the fen")
    func record() throws {
        var scenario = try RedemptionScenario.opened()
        var papers = scenario.papers
        papers.total = yuan(100_001)
        papers.selfPaid = yuan(70_001)
        papers.invoices[0].fen = yuan(100_001)
        papers.receipts[0].fen = yuan(70_001)
        let command = try papers.command()
        let refusal = refusal { try scenario.apply(command, at: beijing("2026-05-15")) }
        #expect(refusal?.clauses.first == "QUAN-27")
        #expect(refusal?.numbers.map(\.value).contains(.integer(10_000_100)) ?? false)
    }
}
