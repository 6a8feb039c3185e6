import Foundation
import HTTPTypes
import TestKit
import Testing

@testable import Portal

private let enterprise = PortalFixture.enterprise
private let product = PortalFixture.product.uuidString

private func order(_ voucherFen: String) -> String { #"{"productID":"\#(product)","voucherFen":\#(voucherFen),"contact":"li"}"# }

@Suite("Orders over HTTP")
struct OrderAPITests {
    @Test(
        "a placed order is answered with 201 and a Location; only its enterprise, its institution and its programme's officers can read it"
    )
    func readAccess() async throws {
        try await PortalFixture.with { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            let placed = try await fixture.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5000"))
            #expect(placed.status == 201, "\(placed.text)")
            let place = try #require(placed.headers[.location])
            let own = try await fixture.send(.get, place, token: token)
            #expect(own.status == 200 && own.json["voucherFen"] as? Int == 5000)
            #expect((own.json["steps"] as? [[String: Any]])?.first?["step"] as? String == "place")
            let readers = [
                try fixture.token(StubOrdering.institution, "institution"), try fixture.token(PortalFixture.bureau, "officer"), token,
            ]
            for reader in readers {
                #expect(try await fixture.send(.get, place, token: reader).status == 200)
                #expect((try await fixture.send(.get, "/api/v1/orders", token: reader).json["items"] as? [Any])?.count == 1)
            }
            let strangers = [
                try fixture.token(UUID(), "enterprise"), try fixture.token(UUID(), "institution"),
                try fixture.token(enterprise, "institution"),
                try fixture.token(StubOrdering.institution, "enterprise"), try fixture.token(UUID(), "officer"),
                try fixture.token(PortalFixture.bureau, "reviewer"),
            ]
            for stranger in strangers {
                #expect(try await fixture.send(.get, place, token: stranger).status == 404)
                #expect((try await fixture.send(.get, "/api/v1/orders", token: stranger).json["items"] as? [Any])?.isEmpty == true)
            }
            #expect(try await fixture.send(.get, place).status == 401)
        }
    }

    @Test("QUAN-05: a repeated idempotency key returns the same order, and is refused with another body")
    func idempotency() async throws {
        try await PortalFixture.with { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            let first = try await fixture.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5000"))
            let again = try await fixture.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5000"))
            #expect(first.text == again.text && again.status == 201)
            let other = try await fixture.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5001"))
            #expect(other.status == 409 && other.clauses == ["QUAN-05"])
            // A list is built from events, so it may lag behind the answer.
            var listed = 0
            try await eventually("the order is listed") {
                listed = (try await fixture.send(.get, "/api/v1/orders", token: token).json["items"] as? [Any])?.count ?? 0
                return listed > 0
            }
            #expect(listed == 1)
        }
    }

    @Test("a refusal is a problem document with its clause, its numbers, both languages and the remedy")
    func refusal() async throws {
        try await PortalFixture.with { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            let refused = try await fixture.send(.post, "/api/v1/orders", token: token, key: "k", body: order("13"))
            #expect(refused.status == 422)
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(refused.clauses == ["BJ26-03"])
            #expect(refused.json["type"] as? String == "urn:quan:refusal:budget-exhausted")
            #expect(refused.json["message"] as? [String: String] == ["zh": "额度不足", "en": "Too little left"])
            #expect(refused.json["remedy"] as? [String: String] == ["zh": "少申请", "en": "Ask for less"])
            let numbers = try #require(refused.json["numbers"] as? [[String: Any]])
            #expect(numbers.first?["value"] as? Int == 13)
        }
    }

    @Test(
        "a malformed request is refused with its rule, and no command is accepted",
        arguments: [
            (order("50.5"), 422, "QUAN-11"), (order("9223372036854775808"), 422, "QUAN-11"), (order("\"5000\""), 422, "QUAN-11"),
            ("{", 400, "QUAN-01"), ("[]", 400, "QUAN-01"), (#"{"productID":"x","voucherFen":1,"contact":"li"}"#, 400, "QUAN-01"),
        ])
    func malformed(body: String, status: Int, rule: String) async throws {
        try await PortalFixture.with { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            let reply = try await fixture.send(.post, "/api/v1/orders", token: token, key: "k", body: body)
            #expect(reply.status == status && reply.clauses == [rule], "\(reply.text)")
            #expect(try await fixture.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test("QUAN-09, QUAN-16: no command is accepted without a valid token or without exactly one idempotency key")
    func headers() async throws {
        try await PortalFixture.with { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            let cases: [(token: String?, key: String?, status: Int, rule: String)] = [
                (nil, "k", 401, "QUAN-09"), ("x.y.z", "k", 401, "QUAN-09"), (token + "x", "k", 401, "QUAN-09"),
                (token, nil, 400, "QUAN-16"), (token, "", 400, "QUAN-14"), (token, String(repeating: "k", count: 201), 400, "QUAN-14"),
            ]
            for wrong in cases {
                let reply = try await fixture.send(.post, "/api/v1/orders", token: wrong.token, key: wrong.key, body: order("5000"))
                #expect(reply.status == wrong.status && reply.clauses == [wrong.rule], "\(reply.text)")
            }
            #expect(try await fixture.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test("a command for a stopped service is answered with 202, and done after the service has started")
    func stoppedService() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            let reply = try await fixture.send(.post, "/api/v1/orders", token: token, key: "k", body: order("5000"))
            #expect(reply.status == 202)
            let place = try #require(reply.headers[.location])
            let pending = try await fixture.send(.get, place, token: token)
            #expect((pending.json["operation"] as? [String: Any])?["state"] as? String == "pending")
            #expect(try await fixture.send(.get, place, token: try fixture.token(UUID(), "enterprise")).status == 404)
            try await fixture.startOrdering()
            try await eventually("the operation is done") {
                let operation = try await fixture.send(.get, place, token: token).json["operation"] as? [String: Any]
                return operation?["state"] as? String == "done"
            }
        }
    }

    @Test(
        "QUAN-28: a parked command and one behind it are answered as set-aside without a wait, may be repeated, and stay so until decided",
        .timeLimit(.minutes(2)))
    func parked() async throws {
        // A request that waited for the outcome would exceed the time limit.
        try await PortalFixture.with(outcomeWait: .seconds(600)) { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            for (key, fen) in [("head", "666"), ("behind", "5000"), ("behind", "5000")] {
                let reply = try await fixture.send(.post, "/api/v1/orders", token: token, key: key, body: order(fen))
                #expect(reply.status == 202, "\(reply.text)")
                #expect((reply.json["operation"] as? [String: Any])?["state"] as? String == "set-aside")
                let problem = reply.json["problem"] as? [String: Any]
                #expect(problem?["clauses"] as? [String] == ["QUAN-28"] && (problem?["detail"] as? String)?.contains("等待运维人员") == true)
                #expect((problem?["remedy"] as? [String: Any])?["en"] as? String == "Do not submit it again; ask the platform's operator.")
                // The reply may arrive before it is stored.
                let place = try #require(reply.headers[.location])
                try await eventually("the operation is shown as set-aside") {
                    let shown = try await fixture.send(.get, place, token: token).json
                    let clauses = (shown["problem"] as? [String: Any])?["clauses"] as? [String]
                    return (shown["operation"] as? [String: Any])?["state"] as? String == "set-aside" && clauses == ["QUAN-28"]
                }
            }
            let parked = "select count(*) from operation where outcome is null and parked_note is not null"
            #expect(try await fixture.portal.number(parked) == 2)
        }
    }

    @Test("an order carries the applied versions of its product and enterprise; a pending event of a recent command is waited for")
    func consistencyToken() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let token = try fixture.token(enterprise, "enterprise")
            func sent(_ key: String, _ product: UUID) async throws -> String? {
                let body = #"{"productID":"\#(product.uuidString)","voucherFen":5000,"contact":"li"}"#
                #expect(try await fixture.send(.post, "/api/v1/orders", token: token, key: key, body: body).status == 202)
                return try await fixture.text(
                    "select convert_from(body, 'UTF8')::jsonb ->> 'consistencyToken' from outbox order by position desc limit 1")
            }
            #expect(try await sent("k1", PortalFixture.product) == #"{"product": 1, "enterprise": 1}"#)
            // Another organisation's command created it, but its event is still pending.
            let fresh = UUID()
            try await fixture.recordCompletedCommand(creating: fresh)
            let before = try #require(try await fixture.text("select clock_timestamp()::text"))
            async let waiting = sent("k2", fresh)
            // It waits once it has looked for the event.
            let lookUps = """
                select count(*) from pg_stat_activity
                where datname = current_database() and query like 'select id from (%applied_events < event_count%'
                      and query_start > '\(before)'::timestamptz and state = 'idle'
                """
            try await eventually("the order waits for the event") { try await fixture.portal.number(lookUps) > 0 }
            try await fixture.recordAppliedVersions("catalogue", [fresh], version: 4)
            try await fixture.recordEvent(of: fresh)
            #expect(try await waiting == #"{"product": 4, "enterprise": 1}"#)
            // No command created this product, so there is no event to wait for, and ordering refuses the order.
            #expect(try await sent("k3", UUID()) == #"{"enterprise": 1}"#)
        }
    }

    @Test("an application for redemption carries the applied version of its order")
    func orderVersion() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let token = try fixture.token(UUID(), "institution")
            let order = UUID()
            try await fixture.recordAppliedVersions("ordering", [order], version: 3)
            let body = #"{"papers":[],"facts":{"contract":{},"receipts":[],"invoices":[]}}"#
            let place = "/api/v1/redemptions/\(order.uuidString)/apply"
            #expect(try await fixture.send(.post, place, token: token, key: "k1", body: body).status == 202)
            let version = try await fixture.text(
                "select convert_from(body, 'UTF8')::jsonb ->> 'knownOrderVersion' from outbox order by position desc limit 1")
            #expect(version == "3")
        }
    }

    @Test("every described operation has a route, and an operation described as needing a token is refused without one")
    func description() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let document = try await fixture.send(.get, "/api/v1/openapi.json").json
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            #expect(paths.count > 15)
            for (path, operations) in paths {
                for method in operations.keys {
                    let operation = try #require(operations[method] as? [String: Any])
                    let place = "/api/v1" + path.replacing("{id}", with: UUID().uuidString)
                    let reply = try await fixture.send(method == "post" ? .post : .get, place)
                    if operation["security"] == nil {
                        #expect(reply.status == 200 || reply.clauses == ["QUAN-07"], "\(method) \(path): \(reply.status)")
                    } else {
                        #expect(reply.status == 401, "\(method) \(path): \(reply.status)")
                    }
                }
            }
        }
    }

    @Test("the document describes every status of an operation, and the bounds of a list's parameters")
    func statuses() async throws {
        try await PortalFixture.with(hasOrdering: false) { fixture in
            let document = try await fixture.send(.get, "/api/v1/openapi.json").json
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            func responses(_ method: String, _ path: String) throws -> Set<String> {
                let operation = try #require(paths[path]?[method] as? [String: Any])
                return Set((operation["responses"] as? [String: Any] ?? [:]).keys)
            }
            #expect(
                try responses("post", "/orders").isSuperset(of: [
                    "201", "202", "400", "401", "403", "404", "409", "413", "422", "429", "503",
                ]))
            #expect(try responses("get", "/orders/{id}").isSuperset(of: ["200", "401", "403", "404", "429", "503"]))
            #expect(try responses("get", "/clock").isDisjoint(with: ["401", "404"]))
            let products = try #require(paths["/products"]?["get"] as? [String: Any])
            let parameters = try #require(products["parameters"] as? [[String: Any]])
            let limit = try #require(parameters.first { $0["name"] as? String == "limit" }?["schema"] as? [String: Any])
            #expect(limit["minimum"] as? Int == 1 && limit["maximum"] as? Int == 200)
            let after = try #require(parameters.first { $0["name"] as? String == "after" }?["schema"] as? [String: Any])
            #expect(after["minimum"] as? Int == 0 && after["maximum"] as? Int == Int.max)
        }
    }
}
