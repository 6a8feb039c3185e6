import Foundation
import IdentityDomain
import Kernel
import Messages
import Messaging
import TestKit
import Testing

/// Each case is tested under version 1, the original programme, and under version 2, with the rule changed.
@Suite("Credit at use, through the service", .serialized)
struct CreditClauseTests {
    private static let changes = [
        (
            "years: 3\n    kinds: [operation, environment, tax]\n    at: [order.confirm-credit]",
            "years: 1\n    kinds: [operation, environment, tax]\n    at: [order.confirm-credit]"
        ),
        ("values: [dishonest-debtor]\n    at: [order.confirm-credit]", "values: [other-list]\n    at: [order.confirm-credit]"),
        ("\nlists:\n", "\nlists:\n  - {id: other-list, zh: 其他名单, en: Another list, clauses: [BJ26-27]}\n"),
    ]

    private func record(
        _ fixture: IdentityFixture, _ code: String, entries: [RecordCredit.Entry] = [], lists: Set<String> = []
    ) async throws {
        let outcome = try await fixture.ask(
            RecordCredit(creditCode: code, entries: entries, lists: lists), for: IdentityFixture.bureau, as: "officer", on: "2026-05-20")
        #expect(outcome.refusal == nil)
    }

    @Test("BJ26-27: a negative record of the last three years or a listed debtor is refused at use; under the changed rule neither is")
    func clauses() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            try await fixture.publish(try Programmes.published(version: 2, from: "2026-06-01", changes: Self.changes))
            let taxed = [RecordCredit.Entry(kind: "tax", on: try CalendarDate("2024-03-01"))]
            for (entries, lists, slug) in [
                (taxed, [], "enterprise-negative-record"), ([], ["dishonest-debtor"], "enterprise-dishonest-debtor"),
            ] as [([RecordCredit.Entry], Set<String>, String)] {
                let code = try Enterprises.code()
                let enterprise = try await fixture.register(try Enterprises.registration(code: code), on: "2026-05-20")
                try await record(fixture, code, entries: entries, lists: lists)
                let refusals = try await fixture.credit(of: enterprise.enterpriseID, on: "2026-05-20")
                #expect(refusals.map(\.slug) == [slug] && refusals.map(\.clauses) == [["BJ26-27"]])
                #expect(try await fixture.credit(of: enterprise.enterpriseID, version: 2, on: "2026-06-10").isEmpty)
                // A new record replaces the earlier one.
                try await record(fixture, code)
                #expect(try await fixture.credit(of: enterprise.enterpriseID, on: "2026-05-20").isEmpty)
            }
        }
    }

    @Test("BJ26-27: an enterprise without a credit record is refused with the missing fields; an unknown enterprise under QUAN-07")
    func unknown() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let enterprise = try await fixture.register(try Enterprises.registration(), on: "2026-05-20")
            let refusals = try await fixture.credit(of: enterprise.enterpriseID, on: "2026-05-20")
            #expect(refusals.map(\.clauses) == [["BJ26-27"], ["BJ26-27"]])
            #expect(refusals.allSatisfy { $0.numbers.first?.name == "missing" })
            #expect(try await fixture.credit(of: UUID(), on: "2026-05-20").map(\.clauses) == [["QUAN-07"]])
        }
    }

    @Test("in a sandbox an enterprise counts as clean until credit is recorded")
    func sandbox() async throws {
        try await IdentityFixture.with(creditSource: .sandboxClean) { fixture in
            try await fixture.publish(try Programmes.published())
            let code = try Enterprises.code()
            let enterprise = try await fixture.register(try Enterprises.registration(code: code), on: "2026-05-20")
            #expect(try await fixture.credit(of: enterprise.enterpriseID, on: "2026-05-20").isEmpty)
            try await record(fixture, code, lists: ["dishonest-debtor"])
            #expect(try await fixture.credit(of: enterprise.enterpriseID, on: "2026-05-20").map(\.slug) == ["enterprise-dishonest-debtor"])
        }
    }

    @Test("QUAN-10: only officers record credit, and only ordering checks it")
    func callers() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let id = UUID()
            let record = RecordCredit(creditCode: try Enterprises.code(), entries: [], lists: [])
            #expect(try await fixture.ask(record, for: id, on: "2026-05-20").refusal?.clauses == ["QUAN-10"])
            let check = CheckCredit(orderID: id, enterpriseID: id, programmeID: Programmes.id, programmeVersion: 1)
            #expect(try await fixture.ask(check, for: id, as: "officer", on: "2026-05-20").refusal?.clauses == ["QUAN-10"])
            let bad = RecordCredit(creditCode: "91110108MA0000000X", entries: [], lists: [])
            #expect(try await fixture.ask(bad, for: id, as: "officer", on: "2026-05-20").refusal?.clauses == ["QUAN-12"])
        }
    }
}
