import Foundation
import Kernel
import TestKit

/// The enterprises' tokens and the products for orders over an installation's HTTP API.
struct OrderParticipants: Sendable {
    let tokens: [String]
    let products: [String]

    /// Registers an institution with its products, and the enterprises.
    static func register(portal: Int, signIn: String, enterprises: Int, products: Int) throws -> OrderParticipants {
        guard let url = URL(string: signIn), let port = url.port else { throw BenchmarkError("\(signIn) is not a sign-in URL") }
        let sandbox = HTTPConnection(port: port)
        let http = HTTPConnection(port: portal)
        func token(_ organisation: UUID, _ role: String) throws -> String {
            let body = #"{"person":"\#(role)","organisation":"\#(organisation.uuidString)","roles":["\#(role)"]}"#
            let answer = try sandbox.ask("POST", url.path, body: body)
            guard let token = answer.text(after: #""token":""#) else {
                throw BenchmarkError("the sign-in returned no token: \(answer.text)")
            }
            return token
        }
        let institution = UUID()
        let officer = try token(UUID(), "officer")
        _ = try done(
            "institutions",
            #"{"institutionID":"\#(institution)","programmeID":"beijing-2026","name":"某某服务机构","creditCode":"91110108000000002D"}"#,
            token: officer, on: http)
        let listed = try (0..<products).map { number in
            try done(
                "products",
                #"""
                {"programmeID":"beijing-2026","institutionID":"\#(institution)","name":"大模型部署服务\#(number)","category":"llm-applications",
                 "service":"llm-deployment","guideLowFen":1000000,"guideHighFen":1000000,"stockVouchers":1000000}
                """#, token: officer, on: http)
        }
        let tokens = try (0..<enterprises).map { number in
            let enterprise = try token(UUID(), "enterprise")
            let body = "91110108" + String(100_000_000 + number)
            guard let check = CreditCode.checkCharacter(for: body) else { throw BenchmarkError("\(body) has no check character") }
            _ = try done(
                "enterprises",
                #"""
                {"programmeID":"beijing-2026","name":"北京第\#(number)号科技有限公司","creditCode":"\#(body)\#(check)","registeredDivision":"110108",
                 "industryCode":"I65","employees":50,"revenueFen":500000000,"assetsFen":100000000,"isLegalPerson":true,
                 "establishedOn":"2019-04-01"}
                """#, token: enterprise, on: http)
            return enterprise
        }
        return OrderParticipants(tokens: tokens, products: listed)
    }

    /// Places an order of 10 yuan and waits for its answer.
    static func place(_ product: String, token: String, key: String, on http: HTTPConnection) throws {
        _ = try done("orders", #"{"productID":"\#(product)","voucherFen":1000,"contact":"王女士"}"#, token: token, key: key, on: http)
    }

    /// Sends a request and waits until it is executed. Returns the operation's id. Throws a `BenchmarkError` if it is refused.
    private static func done(
        _ path: String, _ body: String, token: String, key: String = UUID().uuidString, on http: HTTPConnection
    ) throws -> String {
        let headers = ["Authorization: Bearer \(token)", "Idempotency-Key: \(key)"]
        let end = ContinuousClock.now + .seconds(60)
        var answer = try http.ask("POST", "/api/v1/\(path)", headers: headers, body: body)
        // A request answered with 503 is repeated, as the API requires.
        while answer.status == 503, ContinuousClock.now < end {
            Thread.sleep(forTimeInterval: 0.1)
            answer = try http.ask("POST", "/api/v1/\(path)", headers: headers, body: body)
        }
        guard let id = answer.text(after: #""operation":{"id":""#) else {
            throw BenchmarkError("\(path) was answered with \(answer.status): \(answer.text.prefix(500))")
        }
        while answer.status == 202 || answer.text.contains(#""state":"pending""#), ContinuousClock.now < end {
            Thread.sleep(forTimeInterval: 0.005)
            answer = try http.ask("GET", "/api/v1/operations/\(id)", headers: ["Authorization: Bearer \(token)"])
        }
        guard answer.text.contains(#""state":"done""#) else {
            throw BenchmarkError("\(path) was answered with \(answer.status): \(answer.text.prefix(500))")
        }
        return id
    }
}
