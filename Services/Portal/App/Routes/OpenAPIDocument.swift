/// The API's description, made from the list of its operations.
enum OpenAPIDocument {
    /// An OpenAPI 3.1 document.
    static let document: JSONValue = [
        "openapi": "3.1.0",
        "info": ["title": "Quan", "version": "1", "description": "Service vouchers for small and medium enterprises."],
        "servers": [["url": "/api/v1"]],
        "paths": .object(paths),
        "components": [
            "securitySchemes": ["token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
            "schemas": ["Problem": problem],
        ],
    ]

    private static var paths: [String: JSONValue] {
        Dictionary(grouping: APIOperation.all, by: \.path).mapValues { operations in
            .object(Dictionary(operations.map { ($0.method.rawValue, $0.document) }) { first, _ in first })
        }
    }

    private static let problem: JSONValue = [
        "type": "object", "description": "A refusal, as RFC 9457 has it.",
        "required": ["type", "title", "status", "detail", "clauses", "numbers", "message"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"], "detail": ["type": "string"],
            "clauses": ["type": "array", "items": ["type": "string"]], "numbers": ["type": "array", "items": ["type": "object"]],
            "message": ["type": "object"], "remedy": ["type": "object"], "operation": ["type": "string"],
        ],
    ]
}

extension APIOperation {
    fileprivate var document: JSONValue {
        var fields: [String: JSONValue] = ["summary": .text(summary), "responses": .object(responses)]
        let parameters = pathParameters + query.map(parameter) + (method == .post ? [Self.idempotencyKey] : [])
        if !parameters.isEmpty { fields["parameters"] = .list(parameters) }
        if needsToken { fields["security"] = [["token": []]] }
        if method == .post { fields["requestBody"] = requestBody }
        return .object(fields)
    }

    private static let idempotencyKey: JSONValue = [
        "name": "Idempotency-Key", "in": "header", "required": true, "schema": ["type": "string", "minLength": 1, "maxLength": 200],
    ]

    private var pathParameters: [JSONValue] {
        ["id", "hash"].filter { path.contains("{\($0)}") }.map { name in
            ["name": .text(name), "in": "path", "required": true, "schema": ["type": "string"]]
        }
    }

    private func parameter(_ field: Field) -> JSONValue {
        ["name": .text(field.name), "in": "query", "required": .truth(field.isRequired), "schema": field.schema]
    }

    private var requestBody: JSONValue {
        let required = body.filter(\.isRequired)
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(Dictionary(body.map { ($0.name, $0.schema) }) { first, _ in first }),
        ]
        if !required.isEmpty { schema["required"] = .list(required.map { .text($0.name) }) }
        return ["required": .truth(!required.isEmpty), "content": ["application/json": ["schema": .object(schema)]]]
    }

    private var responses: [String: JSONValue] {
        let refused: JSONValue = [
            "description": "Refused, with the clause, the numbers and the remedy.",
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
        let done: JSONValue = ["description": "Done.", "content": ["application/json": ["schema": ["type": "object"]]]]
        guard method == .post else { return ["200": done, "default": refused] }
        let accepted: JSONValue = ["description": "Accepted; look it up at Location."]
        return [makes ? "201" : "200": done, "202": accepted, "default": refused]
    }
}
