import Foundation
import IdentityDomain
import Kernel
import Messages
import Messaging
import TestKit
import Testing

/// Each case goes through the service twice: under version 1, the programme as it is, and under version 2, with the rule altered.
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
        _ stage: IdentityStage, _ code: String, entries: [RecordCredit.Entry] = [], lists: Set<String> = []
    ) async throws {
        let outcome = try await stage.ask(
            RecordCredit(creditCode: code, entries: entries, lists: lists), for: IdentityStage.bureau, as: "officer", on: "2026-05-20")
        #expect(outcome.refusal == nil)
    }

    @Test("BJ26-27: an entry of three years, or a listed debtor, is refused at use; under the altered rule neither is")
    func clauses() async throws {
        try await IdentityStage.with { stage in
            try await stage.publish(try Programmes.published())
            try await stage.publish(try Programmes.published(version: 2, from: "2026-06-01", changes: Self.changes))
            let taxed = [RecordCredit.Entry(kind: "tax", on: try CalendarDate("2024-03-01"))]
            for (entries, lists, slug) in [
                (taxed, [], "enterprise-negative-record"), ([], ["dishonest-debtor"], "enterprise-dishonest-debtor"),
            ] as [([RecordCredit.Entry], Set<String>, String)] {
                let code = try Enterprises.code()
                let enterprise = try await stage.register(try Enterprises.registration(code: code), on: "2026-05-20")
                try await record(stage, code, entries: entries, lists: lists)
                let refusals = try await stage.credit(of: enterprise.enterpriseID, on: "2026-05-20")
                #expect(refusals.map(\.slug) == [slug] && refusals.map(\.clauses) == [["BJ26-27"]])
                #expect(try await stage.credit(of: enterprise.enterpriseID, version: 2, on: "2026-06-10").isEmpty)
                // What is recorded anew stands in the place of what was recorded before.
                try await record(stage, code)
                #expect(try await stage.credit(of: enterprise.enterpriseID, on: "2026-05-20").isEmpty)
            }
        }
    }

    @Test("BJ26-27: what nobody has looked up is refused and says what is missing; an unknown enterprise is told as one")
    func unknown() async throws {
        try await IdentityStage.with { stage in
            try await stage.publish(try Programmes.published())
            let enterprise = try await stage.register(try Enterprises.registration(), on: "2026-05-20")
            let refusals = try await stage.credit(of: enterprise.enterpriseID, on: "2026-05-20")
            #expect(refusals.map(\.clauses) == [["BJ26-27"], ["BJ26-27"]])
            #expect(refusals.allSatisfy { $0.numbers.first?.name == "missing" })
            #expect(try await stage.credit(of: UUID(), on: "2026-05-20").map(\.clauses) == [["QUAN-07"]])
        }
    }

    @Test("in a sandbox an enterprise is clean until something is recorded")
    func sandbox() async throws {
        try await IdentityStage.with(creditSource: .sandboxClean) { stage in
            try await stage.publish(try Programmes.published())
            let code = try Enterprises.code()
            let enterprise = try await stage.register(try Enterprises.registration(code: code), on: "2026-05-20")
            #expect(try await stage.credit(of: enterprise.enterpriseID, on: "2026-05-20").isEmpty)
            try await record(stage, code, lists: ["dishonest-debtor"])
            #expect(try await stage.credit(of: enterprise.enterpriseID, on: "2026-05-20").map(\.slug) == ["enterprise-dishonest-debtor"])
        }
    }

    @Test("QUAN-10: credit is recorded by officers only, and asked for by ordering only")
    func callers() async throws {
        try await IdentityStage.with { stage in
            try await stage.publish(try Programmes.published())
            let id = UUID()
            let record = RecordCredit(creditCode: try Enterprises.code(), entries: [], lists: [])
            #expect(try await stage.ask(record, for: id, on: "2026-05-20").refusal?.clauses == ["QUAN-10"])
            let check = CheckCredit(orderID: id, enterpriseID: id, programmeID: Programmes.id, programmeVersion: 1)
            #expect(try await stage.ask(check, for: id, as: "officer", on: "2026-05-20").refusal?.clauses == ["QUAN-10"])
            let bad = RecordCredit(creditCode: "91110108MA0000000X", entries: [], lists: [])
            #expect(try await stage.ask(bad, for: id, as: "officer", on: "2026-05-20").refusal?.clauses == ["QUAN-12"])
        }
    }
}
