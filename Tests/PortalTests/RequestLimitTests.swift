import Foundation
import HTTPTypes
import TestKit
import Testing

@testable import Portal

@Suite("Rate limits of a caller")
struct RequestLimitTests {
    private static let tight = CallerLimits(
        requestsPerSecond: 1, requestBurst: 5, anonymousPerSecond: 1, anonymousBurst: 4, uploads: 3, uploadBytes: 2000,
        uploadWindow: .seconds(3600))

    /// Sends requests one after another; 30 of them exceed a limit even where a request takes most of a second.
    private func many(_ count: Int, _ send: () async throws -> PortalFixture.Reply) async throws -> [PortalFixture.Reply] {
        var replies: [PortalFixture.Reply] = []
        for _ in 0..<count { replies.append(try await send()) }
        return replies
    }

    @Test("QUAN-29: a person over the limit is answered 429 with Retry-After and RateLimit; other persons are not affected")
    func requests() async throws {
        try await PortalFixture.with(hasOrdering: false, limits: Self.tight) { fixture in
            let token = try fixture.token(UUID(), "enterprise")
            let replies = try await many(30) { try await fixture.send(.get, "/api/v1/orders", token: token) }
            #expect(replies.prefix(5).allSatisfy { $0.status == 200 })
            let refused = try #require(replies.first { $0.status == 429 })
            #expect(refused.clauses == ["QUAN-29"])
            #expect(refused.headers[.retryAfter].flatMap(Int.init) ?? 0 >= 1)
            #expect(HTTPField.Name("RateLimit").flatMap { refused.headers[$0] }?.hasPrefix(#""requests";r="#) == true)
            #expect(HTTPField.Name("RateLimit-Policy").flatMap { refused.headers[$0] } == #""requests";q=5;w=5"#)
            #expect(try await fixture.send(.get, "/api/v1/orders", token: try fixture.token(UUID(), "enterprise")).status == 200)
        }
    }

    @Test("QUAN-29: requests without a valid token count towards their address")
    func anonymous() async throws {
        try await PortalFixture.with(hasOrdering: false, limits: Self.tight) { fixture in
            let open = try await many(30) { try await fixture.send(.get, "/api/v1/programmes") }
            #expect(open.prefix(4).allSatisfy { $0.status == 200 } && open.contains { $0.status == 429 })
            let forged = try await many(30) { try await fixture.send(.get, "/api/v1/orders", token: "x.y.\(UUID())") }
            #expect(forged.contains { $0.status == 429 } && forged.allSatisfy { [401, 429].contains($0.status) })
            #expect(try await fixture.send(.get, "/api/v1/orders", token: try fixture.token(UUID(), "enterprise")).status == 200)
        }
    }

    @Test("QUAN-29: a person's uploads are limited by number and by bytes per period")
    func uploads() async throws {
        try await PortalFixture.with(hasOrdering: false, limits: Self.tight) { fixture in
            let token = try fixture.token(UUID(), "public")
            let replies = try await many(4) { try await fixture.send(.post, "/api/v1/files?name=a.pdf", token: token, body: "no paper") }
            // Without a Content-Length an upload counts with the maximum size.
            #expect(replies.allSatisfy { $0.status == 429 && $0.clauses == ["QUAN-29"] })
        }
    }

    @Test(
        "QUAN-01: invalid, out-of-range and repeated query parameters are refused",
        arguments: [
            "products?institution=zzz", "products?name=%00", "products?name=%ff%fe", "products?name=%zz", "products?limit=0",
            "products?limit=201",
            "products?limit=1&limit=2", "products?after=-1", "products?after=99999999999999999999", "products?limit=+5",
            "institutions?programme=a%00",
            "products?limit=",
        ])
    func parameters(path: String) async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let reply = try await fixture.send(.get, "/api/v1/\(path)")
            #expect(reply.status == 400 && reply.clauses == ["QUAN-01"], "\(reply.status) \(reply.text)")
        }
    }

    @Test("QUAN-05: a repetition with the id in upper case is the same request")
    func letterCase() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let token = try fixture.token(UUID(), "institution")
            let order = UUID()
            let small = try await fixture.send(
                .post, "/api/v1/orders/\(order.uuidString.lowercased())/accept", token: token, key: "k", body: "{}")
            let large = try await fixture.send(.post, "/api/v1/orders/\(order.uuidString)/accept", token: token, key: "k", body: "{}")
            #expect(small.status == 202 && large.status == 202)
            #expect(small.text == large.text)
        }
    }
}
