import TestKit

/// What is sent over HTTP: every operation of the API's own description, with a sample of its body.
struct FuzzPlan: Sendable {
    struct Operation: Sendable {
        let method: String
        /// As the description has it: `/orders/{id}`.
        let path: String
        let queries: [String]
        /// Nil where it takes none.
        let body: JSONTree?
        /// The fields of lists of objects, and of objects, for which there is no sample.
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

/// Good values for the fields of requests, by their names; what is not known by name is made of its type.
struct FuzzSamples: Sendable {
    /// Values by the names of fields.
    let known: [String: JSONTree]

    init(known: [String: JSONTree]) { self.known = known }

    init(world: FuzzWorld, players: FuzzPlayers) {
        let papers: [JSONTree] = ["contract", "receipt", "invoice"].enumerated().map { place, document in
            .fields(
                ("document", .text(document)),
                ("file", .text(place < world.papers.count ? world.papers[place] : String(repeating: "0", count: 64))),
                ("fileName", .text("\(document).pdf")))
        }
        known = [
            "programmeID": .text("beijing-2026"), "institutionID": .text(players.institutions[0].organisation),
            "productID": .text(world.products.first ?? ""), "orderID": .text(world.orders.first ?? ""), "name": .text("能源审计"),
            "creditCode": .text("911101081000000153"), "beneficiary": .text("sme"), "registeredDivision": .text("110105"),
            "industryCode": .text("I65"), "establishedOn": .text("2018-05-08"), "category": .text("energy-audit"), "contact": .text("赵女士"),
            "reason": .text("按合同核定"), "productName": .text("能源审计"), "signedOn": .text("\(world.today)"),
            "serviceFrom": .text("\(world.today)"), "serviceThrough": .text("\(world.today)"), "totalFen": .raw("1500000"),
            "voucherFen": .raw("450000"), "selfPaidFen": .raw("1050000"), "amountFen": .raw("450000"), "stars": .raw("5"),
            "accountName": .text("北京服务\(players.institutions[0].organisation.prefix(6))有限公司"), "bankCode": .text("102100099996"),
            "accountNumber": .text("6222021234567890128"), "bankReference": .text("IN20260901000017"),
            "disbursementIDs": .list(world.disbursements.map { .text($0) }), "papers": .list(papers),
            "entries": .list([.fields(("kind", .text("tax")), ("on", .text("2024-03-01")))]), "lists": .list([.text("dishonest-debtor")]),
            "declarations": .list([.text("no-other-subsidy")]), "evidence": .list(world.papers.prefix(2).map { .text($0) }),
            "facts": FuzzWorld.facts(
                contract: world.contract, enterprise: players.enterprises[0], institution: players.institutions[0],
                orderNumber: "110000-20260401-7K3M9QX2ABCD", orderedOn: world.today, invoice: "26110000000000000009"),
        ]
    }

    /// A value for a schema. Objects that the schema does not describe, and for which no value is known, are noted as unknown.
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
