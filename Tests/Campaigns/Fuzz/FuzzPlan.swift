import TestKit

/// Every operation in the API's OpenAPI document, with a valid sample of its body.
struct FuzzPlan: Sendable {
    struct Operation: Sendable {
        let method: String
        /// The path template, such as `/orders/{id}`.
        let path: String
        let queries: [String]
        /// A valid body; nil if the operation has none.
        let body: JSONTree?
        /// The names of object fields without a sample.
        let unknown: [String]
    }

    let operations: [Operation]

    /// Reads an OpenAPI document.
    init(openAPI: JSONTree, samples: FuzzSamples) {
        guard case .object(let paths) = openAPI["paths"] ?? .fields() else {
            operations = []
            return
        }
        operations = paths.flatMap { path in
            guard case .object(let methods) = path.value else { return [Operation]() }
            return methods.filter { ["get", "post", "put", "delete", "patch"].contains($0.name) }.map { method in
                let queries = (method.value["parameters"]?.asList ?? []).filter { $0["in"]?.asText == "query" }.compactMap {
                    $0["name"]?.asText
                }
                let schema = method.value["requestBody"]?["content"]?["application/json"]?["schema"]
                var unknown: [String] = []
                let body = schema.map { samples.value(of: $0, named: "", &unknown) }
                return Operation(method: method.name.uppercased(), path: path.name, queries: queries, body: body, unknown: unknown)
            }
        }
    }
}

/// Valid values for request fields by name; for other fields a value is derived from the type.
struct FuzzSamples: Sendable {
    /// The values by field name.
    let known: [String: JSONTree]

    init(known: [String: JSONTree]) { self.known = known }

    init(fixtures: FuzzFixtures, participants: FuzzParticipants) {
        let papers: [JSONTree] = ["contract", "receipt", "invoice"].enumerated().map { index, document in
            .fields(
                ("document", .text(document)),
                ("file", .text(index < fixtures.papers.count ? fixtures.papers[index] : String(repeating: "0", count: 64))),
                ("fileName", .text("\(document).pdf")))
        }
        known = [
            "programmeID": .text("beijing-2026"), "institutionID": .text(participants.institutions[0].organisation),
            "productID": .text(fixtures.products.first ?? ""), "orderID": .text(fixtures.orders.first ?? ""), "name": .text("能源审计"),
            "creditCode": .text("911101081000000153"), "beneficiary": .text("sme"), "registeredDivision": .text("110105"),
            "industryCode": .text("I65"), "establishedOn": .text("2018-05-08"), "category": .text("energy-audit"), "contact": .text("赵女士"),
            "reason": .text("按合同核定"), "productName": .text("能源审计"), "signedOn": .text("\(fixtures.today)"),
            "serviceFrom": .text("\(fixtures.today)"), "serviceThrough": .text("\(fixtures.today)"), "totalFen": .raw("1500000"),
            "voucherFen": .raw("450000"), "selfPaidFen": .raw("1050000"), "amountFen": .raw("450000"), "stars": .raw("5"),
            "accountName": .text("北京服务\(participants.institutions[0].organisation.prefix(6))有限公司"), "bankCode": .text("102100099996"),
            "accountNumber": .text("6222021234567890128"), "bankReference": .text("IN20260901000017"),
            "disbursementIDs": .list(fixtures.disbursements.map { .text($0) }), "papers": .list(papers),
            "entries": .list([.fields(("kind", .text("tax")), ("on", .text("2024-03-01")))]), "lists": .list([.text("dishonest-debtor")]),
            "declarations": .list([.text("no-other-subsidy")]), "evidence": .list(fixtures.papers.prefix(2).map { .text($0) }),
            "facts": FuzzFixtures.facts(
                contract: fixtures.contract, enterprise: participants.enterprises[0], institution: participants.institutions[0],
                orderNumber: "110000-20260401-7K3M9QX2ABCD", orderedOn: fixtures.today, invoice: "26110000000000000009"),
        ]
    }

    /// A value for a schema. Names of objects without properties in the schema and without a known value are added to `unknown`.
    func value(of schema: JSONTree, named name: String, _ unknown: inout [String]) -> JSONTree {
        if let known = known[name] { return known }
        if let first = schema["enum"]?.asList?.first { return first }
        switch schema["type"]?.asText {
        case "integer", "number": return .raw("1000000")
        case "boolean": return .raw("true")
        case "array": return .list([value(of: schema["items"] ?? .fields(), named: name + "[]", &unknown)])
        case "string": return .text("x")
        default:
            guard case .object(let properties) = schema["properties"] ?? .fields(), !properties.isEmpty else {
                if !name.isEmpty { unknown.append(name) }
                return .fields()
            }
            return .object(properties.map { JSONTree.Field($0.name, value(of: $0.value, named: $0.name, &unknown)) })
        }
    }
}
