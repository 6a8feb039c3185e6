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

    @Test("BJ26-24, BJ26-28: an officer registers, lists, changes the number of vouchers, suspends, resumes and ends; all is published")
    func life() async throws {
        try await CatalogueFixture.with { fixture in
            #expect(try await fixture.publish(try Samples.files()).refusal == nil)
            #expect(try await fixture.ask(Samples.register()).refusal == nil)
            let listed = try product(try await fixture.ask(Samples.list(name: " 智能排产系统 ")))
            #expect(listed.state == "listed" && listed.stockVouchers == 20 && listed.name == "智能排产系统")

            let id = listed.productID
            let changes = [
                ChangeProduct(productID: id, change: .setStock, stockVouchers: 5),
                ChangeProduct(productID: id, change: .suspend, reason: "投诉核实"),
                ChangeProduct(productID: id, change: .resume, reason: "核实完毕"),
                ChangeProduct(productID: id, change: .end, reason: "机构申请"),
            ]
            for change in changes { #expect(try await fixture.ask(change).refusal == nil) }
            #expect(try await fixture.ask(changes[2]).refusal?.clauses == ["QUAN-15", "BJ26-48"])

            let recorded = try await fixture.recordedMessages(ProductChanged.self, 5)
            #expect(recorded.map(\.state) == ["listed", "listed", "suspended", "listed", "ended"])
            #expect(recorded.map(\.stockVouchers) == [20, 5, 5, 5, 5])
            #expect(try await fixture.recordedMessages(InstitutionChanged.self, 1).map(\.state) == ["admitted"])
            #expect(try await fixture.catalogue.number("select count(*) from product where state = 'ended' and stock_vouchers = 5") == 1)
        }
    }

    @Test("unknown references (QUAN-07) and callers without token or role (QUAN-09, QUAN-10) are refused, without any change")
    func refusals() async throws {
        try await CatalogueFixture.with { fixture in
            let files = try Samples.files()
            #expect(try await fixture.ask(Samples.register()).refusal?.clauses == ["QUAN-07"])
            #expect(try await fixture.publish(files).refusal == nil)
            #expect(try await fixture.ask(Samples.register(programme: "elsewhere")).refusal?.clauses == ["QUAN-07"])
            #expect(try await fixture.ask(Samples.register(), on: "2027-02-01").refusal?.clauses == ["QUAN-07"])
            #expect(try await fixture.ask(Samples.register(), as: nil).refusal?.clauses == ["QUAN-09"])
            #expect(try await fixture.ask(Samples.register(), as: "institution").refusal?.clauses == ["QUAN-10", "BJ26-24"])
            #expect(try await fixture.ask(Samples.list()).refusal?.clauses == ["QUAN-07"])
            let nothing = ChangeProduct(productID: UUID(), change: .end, reason: "x")
            #expect(try await fixture.ask(nothing).refusal?.clauses == ["QUAN-07"])

            #expect(try await fixture.ask(Samples.register()).refusal == nil)
            #expect(try await fixture.ask(Samples.register(UUID())).refusal?.clauses == ["QUAN-15"])
            #expect(try await fixture.ask(Samples.list(stock: 0)).refusal?.clauses.first == "QUAN-11")
            #expect(try await fixture.ask(Samples.list(), as: "enterprise").refusal?.clauses.first == "QUAN-10")
            #expect(try await fixture.catalogue.number("select count(*) from product") == 0)
            #expect(try await fixture.catalogue.number("select count(*) from institution") == 1)
            #expect(try await fixture.catalogue.number("select count(*) from parked") == 0)
        }
    }
}
