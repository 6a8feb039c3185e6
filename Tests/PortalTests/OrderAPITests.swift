import Foundation
import HTTPTypes
import TestKit
import Testing

@testable import Portal

private let enterprise = Desk.enterprise
private let product = Desk.product.uuidString

private func order(_ voucherFen: String) -> String { #"{"productID":"\#(product)","voucherFen":\#(voucherFen),"contact":"li"}"# }

@Suite("Orders over HTTP")
struct OrderAPITests {
    @Test(
        "an order is answered with 201 and its place, and is seen by its enterprise, its institution and its programme's officers, and by nobody else"
    )
    func sight() async throws {
        try await Desk.with { desk in
            let token = try desk.token(enterprise, "enterprise")
            let placed = try await desk.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5000"))
            #expect(placed.status == 201, "\(placed.text)")
            let place = try #require(placed.headers[.location])
            let own = try await desk.send(.get, place, token: token)
            #expect(own.status == 200 && own.json["voucherFen"] as? Int == 5000)
            #expect((own.json["steps"] as? [[String: Any]])?.first?["step"] as? String == "place")
            let seers = [
                try desk.token(ToyOrdering.institution, "institution"), try desk.token(Desk.bureau, "officer"), token,
            ]
            for seer in seers {
                #expect(try await desk.send(.get, place, token: seer).status == 200)
                #expect((try await desk.send(.get, "/api/v1/orders", token: seer).json["items"] as? [Any])?.count == 1)
            }
            let strangers = [
                try desk.token(UUID(), "enterprise"), try desk.token(UUID(), "institution"), try desk.token(enterprise, "institution"),
                try desk.token(ToyOrdering.institution, "enterprise"), try desk.token(UUID(), "officer"),
                try desk.token(Desk.bureau, "reviewer"),
            ]
            for stranger in strangers {
                #expect(try await desk.send(.get, place, token: stranger).status == 404)
                #expect((try await desk.send(.get, "/api/v1/orders", token: stranger).json["items"] as? [Any])?.isEmpty == true)
            }
            #expect(try await desk.send(.get, place).status == 401)
        }
    }

    @Test("QUAN-05: the same idempotency key is the same order, and refused with another body")
    func idempotency() async throws {
        try await Desk.with { desk in
            let token = try desk.token(enterprise, "enterprise")
            let first = try await desk.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5000"))
            let again = try await desk.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5000"))
            #expect(first.text == again.text && again.status == 201)
            let other = try await desk.send(.post, "/api/v1/orders", token: token, key: "k1", body: order("5001"))
            #expect(other.status == 409 && other.clauses == ["QUAN-05"])
            // A list follows the events, a moment behind the answer.
            var listed = 0
            try await eventually("it is listed") {
                listed = (try await desk.send(.get, "/api/v1/orders", token: token).json["items"] as? [Any])?.count ?? 0
                return listed > 0
            }
            #expect(listed == 1)
        }
    }

    @Test("a refusal is a problem with its clause, its numbers, both languages and the remedy")
    func refusal() async throws {
        try await Desk.with { desk in
            let token = try desk.token(enterprise, "enterprise")
            let refused = try await desk.send(.post, "/api/v1/orders", token: token, key: "k", body: order("13"))
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
        "what is wrong with a request is told by its rule, and nothing is promised",
        arguments: [
            (order("50.5"), 422, "QUAN-11"), (order("9223372036854775808"), 422, "QUAN-11"), (order("\"5000\""), 422, "QUAN-11"),
            ("{", 400, "QUAN-01"), ("[]", 400, "QUAN-01"), (#"{"productID":"x","voucherFen":1,"contact":"li"}"#, 400, "QUAN-01"),
        ])
    func malformed(body: String, status: Int, rule: String) async throws {
        try await Desk.with { desk in
            let token = try desk.token(enterprise, "enterprise")
            let reply = try await desk.send(.post, "/api/v1/orders", token: token, key: "k", body: body)
            #expect(reply.status == status && reply.clauses == [rule], "\(reply.text)")
            #expect(try await desk.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test("QUAN-09, QUAN-16: nothing is promised without a token that is good, or without one idempotency key")
    func headers() async throws {
        try await Desk.with { desk in
            let token = try desk.token(enterprise, "enterprise")
            let cases: [(token: String?, key: String?, status: Int, rule: String)] = [
                (nil, "k", 401, "QUAN-09"), ("x.y.z", "k", 401, "QUAN-09"), (token + "x", "k", 401, "QUAN-09"),
                (token, nil, 400, "QUAN-16"), (token, "", 400, "QUAN-14"), (token, String(repeating: "k", count: 201), 400, "QUAN-14"),
            ]
            for wrong in cases {
                let reply = try await desk.send(.post, "/api/v1/orders", token: wrong.token, key: wrong.key, body: order("5000"))
                #expect(reply.status == wrong.status && reply.clauses == [wrong.rule], "\(reply.text)")
            }
            #expect(try await desk.portal.number("select count(*) from operation") == 0)
        }
    }

    @Test("what is promised while the service is away is answered with 202, and done once it is there")
    func away() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            let token = try desk.token(enterprise, "enterprise")
            let reply = try await desk.send(.post, "/api/v1/orders", token: token, key: "k", body: order("5000"))
            #expect(reply.status == 202)
            let place = try #require(reply.headers[.location])
            let pending = try await desk.send(.get, place, token: token)
            #expect((pending.json["operation"] as? [String: Any])?["state"] as? String == "pending")
            #expect(try await desk.send(.get, place, token: try desk.token(UUID(), "enterprise")).status == 404)
            try await desk.startOrdering()
            try await eventually("it is done") {
                let operation = try await desk.send(.get, place, token: token).json["operation"] as? [String: Any]
                return operation?["state"] as? String == "done"
            }
        }
    }

    @Test(
        "QUAN-28: who asked for what is set aside, or waits behind it, is told at once, may ask again, and is shown it until it is decided")
    func setAside() async throws {
        try await Desk.with { desk in
            let token = try desk.token(enterprise, "enterprise")
            let began = ContinuousClock.now
            for (key, fen) in [("head", "666"), ("behind", "5000"), ("behind", "5000")] {
                let reply = try await desk.send(.post, "/api/v1/orders", token: token, key: key, body: order(fen))
                #expect(reply.status == 202, "\(reply.text)")
                #expect((reply.json["operation"] as? [String: Any])?["state"] as? String == "set-aside")
                let problem = reply.json["problem"] as? [String: Any]
                #expect(problem?["clauses"] as? [String] == ["QUAN-28"] && (problem?["detail"] as? String)?.contains("等待运维人员") == true)
                #expect((problem?["remedy"] as? [String: Any])?["en"] as? String == "Do not submit it again; ask the platform's operator.")
                // The answer may be here before it is stored.
                let place = try #require(reply.headers[.location])
                try await eventually("it is shown") {
                    let shown = try await desk.send(.get, place, token: token).json
                    let clauses = (shown["problem"] as? [String: Any])?["clauses"] as? [String]
                    return (shown["operation"] as? [String: Any])?["state"] as? String == "set-aside" && clauses == ["QUAN-28"]
                }
            }
            #expect(ContinuousClock.now - began < .seconds(15), "each would have waited twenty seconds")
            #expect(try await desk.portal.number("select count(*) from operation where outcome is null and set_aside is not null") == 2)
        }
    }

    @Test("an order tells what had been told of its product and enterprise when it was asked for; for what was made just now it waits")
    func seen() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            let token = try desk.token(enterprise, "enterprise")
            func sent(_ key: String, _ product: UUID) async throws -> String? {
                let body = #"{"productID":"\#(product.uuidString)","voucherFen":5000,"contact":"li"}"#
                #expect(try await desk.send(.post, "/api/v1/orders", token: token, key: key, body: body).status == 202)
                return try await desk.text(
                    "select convert_from(body, 'UTF8')::jsonb ->> 'seen' from outbox order by position desc limit 1")
            }
            #expect(try await sent("k1", Desk.product) == #"{"product": 1, "enterprise": 1}"#)
            // Somebody else was answered that it is made; the event is on its way.
            let fresh = UUID()
            try await desk.made(fresh)
            async let waiting = sent("k2", fresh)
            try await Task.sleep(for: .milliseconds(300))
            try await desk.hear("catalogue", [fresh], version: 4)
            try await desk.told(fresh)
            #expect(try await waiting == #"{"product": 4, "enterprise": 1}"#)
            // Nobody was ever asked for this one: it is sent as it is, at once, and refused by ordering.
            let began = ContinuousClock.now
            #expect(try await sent("k3", UUID()) == #"{"enterprise": 1}"#)
            #expect(.now - began < .seconds(4))
        }
    }

    @Test("papers for a redemption tell what had been told of their order when they were handed in")
    func seenOfOrder() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            let token = try desk.token(UUID(), "institution")
            let order = UUID()
            try await desk.hear("ordering", [order], version: 3)
            let body = #"{"papers":[],"facts":{"contract":{},"receipts":[],"invoices":[]}}"#
            let place = "/api/v1/redemptions/\(order.uuidString)/apply"
            #expect(try await desk.send(.post, place, token: token, key: "k1", body: body).status == 202)
            let seen = try await desk.text(
                "select convert_from(body, 'UTF8')::jsonb ->> 'orderSeen' from outbox order by position desc limit 1")
            #expect(seen == "3")
        }
    }

    @Test("every operation that the description tells of is there, and what it says needs a token refuses without one")
    func description() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            let document = try await desk.send(.get, "/api/v1/openapi.json").json
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            #expect(paths.count > 15)
            for (path, operations) in paths {
                for method in operations.keys {
                    let operation = try #require(operations[method] as? [String: Any])
                    let place = "/api/v1" + path.replacing("{id}", with: UUID().uuidString)
                    let reply = try await desk.send(method == "post" ? .post : .get, place)
                    if operation["security"] == nil {
                        #expect(reply.status == 200 || reply.clauses == ["QUAN-07"], "\(method) \(path): \(reply.status)")
                    } else {
                        #expect(reply.status == 401, "\(method) \(path): \(reply.status)")
                    }
                }
            }
        }
    }

    @Test("every status with which an operation answers is described, and the bounds of a list's parameters are")
    func statuses() async throws {
        try await Desk.with(hasOrdering: false) { desk in
            let document = try await desk.send(.get, "/api/v1/openapi.json").json
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
