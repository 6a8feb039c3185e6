import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@Suite("Commands that identity refuses", .serialized)
struct BadInputTests {
    private static let day = "2026-05-20"

    @Test("QUAN-12, QUAN-07, QUAN-10: a wrong check digit, an unknown programme, another organisation, a role without the step")
    func input() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let id = UUID()
            let wrong = try Enterprises.registration(id, code: try Enterprises.code(7).dropLast() + "?")
            #expect(try await fixture.ask(wrong, for: id, on: Self.day).refusal?.clauses == ["QUAN-12"])
            let unknown = try Enterprises.registration(id, programme: "atlantis-2026")
            #expect(try await fixture.ask(unknown, for: id, on: Self.day).refusal?.clauses == ["QUAN-07"])
            #expect(try await fixture.ask(try Enterprises.registration(id), for: id, on: "2027-05-20").refusal?.clauses == ["QUAN-07"])
            #expect(try await fixture.ask(try Enterprises.registration(id), for: UUID(), on: Self.day).refusal?.clauses == ["QUAN-10"])
            let officer = try await fixture.ask(try Enterprises.registration(id), for: id, as: "officer", on: Self.day)
            #expect(officer.refusal?.clauses == ["QUAN-10", "BJ26-58"])
            let platform = try await fixture.ask(try Enterprises.registration(id), for: id, as: "platform", on: Self.day)
            #expect(platform.refusal?.clauses == ["QUAN-10", "BJ26-58"])
            #expect(try await fixture.identity.number("select count(*) from registration") == 0)
        }
    }

    @Test("QUAN-09: a missing, expired, unsigned or forged token is refused, and no registration is stored")
    func tokens() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let id = UUID()
            let now = try instant(Self.day)
            let good = try fixture.token(id, ["enterprise"], at: now)
            let old = try fixture.token(id, ["enterprise"], at: now.addingTimeInterval(-901))
            let payload = good.split(separator: ".")[1]
            let header = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().replacing("=", with: "")
            for (token, fault) in [
                (nil, TokenFault.missing), (old, .expired), ("\(header).\(payload).", .unsigned), (good.dropLast(6) + "AAAAAA", .forged),
                ("letmein", .notAToken),
            ] as [(String?, TokenFault)] {
                let outcome = try await fixture.ask(try Enterprises.registration(id), key: id, token: token, at: now)
                #expect(outcome.refusal == fault.refusal)
            }
            #expect(try await fixture.identity.number("select count(*) from registration") == 0)
            #expect(try await fixture.ask(try Enterprises.registration(id), key: id, token: good, at: now).refusal == nil)
        }
    }

    @Test("a credit code is registered once in a programme when several organisations try concurrently")
    func oneCode() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.publish(try Programmes.published())
            let code = try Enterprises.code()
            let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let id = UUID()
                        return try await fixture.ask(try Enterprises.registration(id, code: code), for: id, on: Self.day)
                    }
                }
                return try await group.reduce(into: [Outcome]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0.refusal == nil }.count == 1)
            #expect(outcomes.compactMap(\.refusal).allSatisfy { $0.clauses == ["QUAN-10"] })
            #expect(try await fixture.identity.number("select count(*) from registration") == 1)
            #expect(try await fixture.identity.number("select count(*) from parked") == 0)
        }
    }
}
