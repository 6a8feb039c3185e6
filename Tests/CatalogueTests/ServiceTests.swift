import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@Suite("The service catalogue", .serialized)
struct ServiceTests {
    private func product(_ outcome: Outcome) throws -> ProductChanged {
        #expect(outcome.refusal == nil)
        return try MessageBody.decode(ProductChanged.self, from: outcome.result.map { Array($0.utf8) })
    }

    @Test("BJ26-24, BJ26-28: an officer registers, lists with vouchers, changes their number, suspends, resumes and ends; all are told")
    func life() async throws {
        try await CatalogueStage.with { stage in
            #expect(try await stage.publish(try Samples.files()).refusal == nil)
            #expect(try await stage.ask(Samples.register()).refusal == nil)
            let listed = try product(try await stage.ask(Samples.list(name: " 智能排产系统 ")))
            #expect(listed.state == "listed" && listed.stockVouchers == 20 && listed.name == "智能排产系统")

            let id = listed.productID
            let changes = [
                ChangeProduct(productID: id, change: .setStock, stockVouchers: 5),
                ChangeProduct(productID: id, change: .suspend, reason: "投诉核实"),
                ChangeProduct(productID: id, change: .resume, reason: "核实完毕"),
                ChangeProduct(productID: id, change: .end, reason: "机构申请"),
            ]
            for change in changes { #expect(try await stage.ask(change).refusal == nil) }
            #expect(try await stage.ask(changes[2]).refusal?.clauses == ["QUAN-15", "BJ26-48"])

            let heard = try await stage.heard(ProductChanged.self, 5)
            #expect(heard.map(\.state) == ["listed", "listed", "suspended", "listed", "ended"])
            #expect(heard.map(\.stockVouchers) == [20, 5, 5, 5, 5])
            #expect(try await stage.heard(InstitutionChanged.self, 1).map(\.state) == ["admitted"])
            #expect(try await stage.catalogue.number("select count(*) from product where state = 'ended' and stock_vouchers = 5") == 1)
        }
    }

    @Test("what is not there is refused (QUAN-07), a caller without token or role too (QUAN-09, QUAN-10), and nothing is changed")
    func refusals() async throws {
        try await CatalogueStage.with { stage in
            let files = try Samples.files()
            #expect(try await stage.ask(Samples.register()).refusal?.clauses == ["QUAN-07"])
            #expect(try await stage.publish(files).refusal == nil)
            #expect(try await stage.ask(Samples.register(programme: "elsewhere")).refusal?.clauses == ["QUAN-07"])
            #expect(try await stage.ask(Samples.register(), on: "2027-02-01").refusal?.clauses == ["QUAN-07"])
            #expect(try await stage.ask(Samples.register(), as: nil).refusal?.clauses == ["QUAN-09"])
            #expect(try await stage.ask(Samples.register(), as: "institution").refusal?.clauses == ["QUAN-10", "BJ26-24"])
            #expect(try await stage.ask(Samples.list()).refusal?.clauses == ["QUAN-07"])
            let nothing = ChangeProduct(productID: UUID(), change: .end, reason: "x")
            #expect(try await stage.ask(nothing).refusal?.clauses == ["QUAN-07"])

            #expect(try await stage.ask(Samples.register()).refusal == nil)
            #expect(try await stage.ask(Samples.register(UUID())).refusal?.clauses == ["QUAN-15"])
            #expect(try await stage.ask(Samples.list(stock: 0)).refusal?.clauses.first == "QUAN-11")
            #expect(try await stage.ask(Samples.list(), as: "enterprise").refusal?.clauses.first == "QUAN-10")
            #expect(try await stage.catalogue.number("select count(*) from product") == 0)
            #expect(try await stage.catalogue.number("select count(*) from institution") == 1)
            #expect(try await stage.catalogue.number("select count(*) from parked") == 0)
        }
    }
}
