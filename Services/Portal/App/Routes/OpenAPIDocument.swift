/// The OpenAPI document, built from the list of operations.
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
        "type": "object", "description": "A refusal as a problem document (RFC 9457).",
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
        let parameters = pathParameters + query.map(parameter) + (method == .post && !acceptsPaper ? [Self.idempotencyKey] : [])
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
            ["name": .text(name), "in": "path", "required": true, "schema": .object(name == "id" ? idSchema : Self.hashSchema)]
        }
    }

    private static let hashSchema: [String: JSONValue] = ["type": "string", "pattern": "^[0-9a-f]{64}$"]

    /// All ids but those of programmes are UUIDs.
    private var idSchema: [String: JSONValue] {
        path.hasPrefix("/programmes/") ? ["type": "string"] : ["type": "string", "format": "uuid"]
    }

    private func parameter(_ field: Field) -> JSONValue {
        ["name": .text(field.name), "in": "query", "required": .truth(field.isRequired), "schema": field.schema]
    }

    private var requestBody: JSONValue {
        if acceptsPaper {
            return ["required": true, "content": ["application/octet-stream": ["schema": ["type": "string", "format": "binary"]]]]
        }
        let required = body.filter(\.isRequired)
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(Dictionary(body.map { ($0.name, $0.schema) }) { first, _ in first }),
        ]
        if !required.isEmpty { schema["required"] = .list(required.map { .text($0.name) }) }
        return ["required": .truth(!required.isEmpty), "content": ["application/json": ["schema": .object(schema)]]]
    }

    private var responses: [String: JSONValue] {
        var responses: [String: JSONValue] = ["default": Self.refused(nil)]
        for status in refusals { responses[String(status)] = Self.refused(status) }
        let done: JSONValue = ["description": "Done.", "content": ["application/json": ["schema": ["type": "object"]]]]
        guard method == .post else {
            responses["200"] = done
            return responses
        }
        responses[creates ? "201" : "200"] = done
        if !acceptsPaper {
            responses["202"] = [
                "description": "Accepted; the operation is at Location.", "headers": ["Location": Self.text, "Retry-After": Self.text],
                "content": ["application/json": ["schema": ["type": "object"]]],
            ]
        }
        return responses
    }

    private static let text: JSONValue = ["schema": ["type": "string"]]

    private static func refused(_ status: Int?) -> JSONValue {
        var response: [String: JSONValue] = [
            "description": .text(status.flatMap { descriptions[$0] } ?? "Refused; the body names the clause, the numbers and the remedy."),
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
        let headers: [String] =
            switch status {
            case 401: ["WWW-Authenticate"]
            case 429: ["Retry-After", "RateLimit", "RateLimit-Policy"]
            case 503: ["Retry-After"]
            default: []
            }
        if !headers.isEmpty { response["headers"] = .object(Dictionary(headers.map { ($0, text) }) { first, _ in first }) }
        return .object(response)
    }

    private static let descriptions = [
        400: "The request is malformed.", 401: "The access token is missing or invalid.",
        403: "The role or the organisation does not permit it.",
        404: "The record does not exist, or the caller may not read it.",
        409: "The state does not allow it, or the idempotency key was used for another request.", 413: "The body is too large.",
        422: "A rule of the programme or the platform refuses it.", 429: "The caller exceeded its rate limit.", 500: "Internal error.",
        503: "Temporarily unavailable; the request was not accepted.",
    ]
}
