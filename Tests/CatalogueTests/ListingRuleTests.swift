import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import CatalogueDomain

@Suite("Programme rules for listing a product")
struct ListingRuleTests {
    private func list(
        _ input: ListProduct = Samples.list(), roles: Set<String> = ["officer"], institution: Institution = Samples.institution(),
        _ change: (inout Programme) -> Void = { _ in }
    ) throws -> Refusal? {
        let (programme, circumstances) = (try Samples.programme(change), try Samples.circumstances())
        return try refusal {
            try ProductListing.list(
                input, id: UUID(), roles: roles, institution: institution, programme: programme, circumstances)
        }
    }

    @Test("BJ26-24: a product of an unannounced institution is refused; a programme without that need lists it")
    func announcement() throws {
        #expect(try list() == nil)
        for institution in [Samples.institution(application: "in-notice"), Samples.institution(.removed)] {
            let refusal = try #require(try list(institution: institution))
            #expect(refusal.clauses == ["QUAN-15", "BJ26-24", "BJ26-28"])
            #expect(try list(institution: institution) { $0.change("list") { $0.needs = [] } } == nil)
        }
    }

    @Test("BJ26-24: the programme defines the roles that may list")
    func roles() throws {
        for role in ["institution", "enterprise", "reviewer"] {
            #expect(try list(roles: [role])?.clauses == ["QUAN-10", "BJ26-24", "BJ26-28"])
            #expect(try list(roles: [role]) { $0.change("list") { $0.by = [role] } } == nil)
        }
        #expect(try list(roles: []) != nil)
    }

    @Test("BJ26-28: a product is listed with at least one voucher")
    func stock() throws {
        for stock in [0, -1, Int64.min, Int64.max, ProductListing.greatestStockVouchers + 1] {
            #expect(try list(Samples.list(stock: stock))?.clauses == ["QUAN-11", "BJ26-24", "BJ26-28"])
            #expect(try list(Samples.list(stock: stock)) { $0.change("list") { $0.citation.clauses = [] } }?.clauses == ["QUAN-11"])
        }
        #expect(try list(Samples.list(stock: 1)) == nil)
        #expect(try list(Samples.list(stock: ProductListing.greatestStockVouchers)) == nil)
    }

    @Test(
        "guide prices must be positive, ordered and within bounds (QUAN-11)",
        arguments: [(0, 1), (-5, 5), (5, 4), (1, .max), (.min, .max)] as [(Int64, Int64)])
    func guide(low: Int64, high: Int64) throws {
        #expect(try list(Samples.list(low: low, high: high))?.clauses.first == "QUAN-11")
        #expect(try list(Samples.list(low: 7, high: 7)) == nil)
    }

    @Test("BJ26-04: the category and its kind of service must be the programme's (QUAN-07)")
    func category() throws {
        #expect(try list(Samples.list(category: "gardening"))?.clauses == ["QUAN-07"])
        let foreign = try #require(try list(Samples.list(service: "aigc")))
        #expect(foreign.clauses.first == "QUAN-07" && foreign.clauses.contains("BJ26-04"))
        #expect(try list(Samples.list(service: nil))?.clauses.first == "QUAN-07")
        #expect(try list { $0.categories.removeAll { $0.id == "digital-systems" } }?.clauses == ["QUAN-07"])
        // A category without kinds of service accepts none.
        let without: (inout Programme) -> Void = { programme in
            for index in programme.categories.indices { programme.categories[index].services = [] }
        }
        #expect(try list(Samples.list(service: nil), without) == nil)
        #expect(try list(Samples.list(), without)?.clauses.first == "QUAN-07")
    }

    @Test("a name must not be empty, too long, or contain control characters (QUAN-01)")
    func names() throws {
        for name in ["", "   ", "\u{3000}", "a\u{0}b", "a\nb", String(repeating: "名", count: 201)] {
            #expect(try list(Samples.list(name: name))?.clauses == ["QUAN-01"])
        }
        #expect(try list(Samples.list(name: String(repeating: "名", count: 200))) == nil)
    }
}
