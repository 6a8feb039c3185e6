import Hummingbird
import Kernel

/// One operation of the API, as the OpenAPI document describes it.
struct APIOperation: Sendable {
    /// A field of a request's body, or of the query.
    struct Field: Sendable {
        let name: String
        let schema: JSONValue
        let isRequired: Bool

        /// A text with the bounds of a text class.
        static func text(_ name: String, _ textClass: any TextClass.Type, optional: Bool = false) -> Field {
            Field(name: name, schema: JSONValue(schemaOf: textClass), isRequired: !optional)
        }
        static func id(_ name: String, optional: Bool = false) -> Field {
            Field(name: name, schema: ["type": "string", "format": "uuid"], isRequired: !optional)
        }
        static func date(_ name: String, optional: Bool = false) -> Field {
            Field(name: name, schema: ["type": "string", "format": "date"], isRequired: !optional)
        }
        static func whole(_ name: String, _ range: ClosedRange<Int64> = 0...Int64.max, optional: Bool = false) -> Field {
            Field(
                name: name,
                schema: [
                    "type": "integer", "format": "int64", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
                ], isRequired: !optional)
        }
        /// An amount of money in fen.
        static func fen(_ name: String, optional: Bool = false) -> Field {
            Field(
                name: name, schema: ["type": "integer", "format": "int64", "description": "fen, 123456 for 1234.56 yuan"],
                isRequired: !optional)
        }
        static func flag(_ name: String, optional: Bool = false) -> Field {
            Field(name: name, schema: ["type": "boolean"], isRequired: !optional)
        }
        /// A filter of a list, as `Request.filter` accepts it.
        static func filter(_ name: String) -> Field {
            Field(
                name: name,
                schema: [
                    "type": "string", "maxLength": .number(Int64(Request.maximumFilterCharacters)), "pattern": "^[^\\x00-\\x1f\\x7f]*$",
                ], isRequired: false)
        }
        /// The maximum number of items of a page.
        static var limit: Field {
            Field(
                name: "limit",
                schema: [
                    "type": "integer", "minimum": 1, "maximum": .number(Int64(Page.maximumLimit)),
                    "default": .number(Int64(Page.defaultLimit)),
                ], isRequired: false)
        }
        /// The position after which a page starts.
        static var after: Field {
            Field(
                name: "after", schema: ["type": "integer", "format": "int64", "minimum": 0, "maximum": .number(Int64.max)],
                isRequired: false)
        }
        /// A list of texts of one text class.
        static func texts(_ name: String, _ textClass: any TextClass.Type, optional: Bool = false) -> Field {
            Field(
                name: name,
                schema: ["type": "array", "maxItems": .number(Int64(TextListLimits.most)), "items": JSONValue(schemaOf: textClass)],
                isRequired: !optional)
        }
        static func ids(_ name: String, atMost most: Int, optional: Bool = false) -> Field {
            Field(
                name: name,
                schema: [
                    "type": "array", "minItems": 1, "maxItems": .number(Int64(most)), "uniqueItems": true,
                    "items": ["type": "string", "format": "uuid"],
                ], isRequired: !optional)
        }
        static func choice(_ name: String, _ values: [String]) -> Field {
            Field(name: name, schema: ["type": "string", "enum": .list(values.map { .text($0) })], isRequired: true)
        }
    }

    enum Method: String, Sendable { case get, post }

    let method: Method
    let path: String
    let summary: String
    /// Whether it needs an access token; every `POST` does.
    var needsToken = true
    /// The filters of a list.
    var query: [Field] = []
    /// The fields of the body.
    var body: [Field] = []
    /// Whether it creates a record and is answered with 201.
    var creates = false
    /// Whether the body is the content of a paper, not JSON.
    var acceptsPaper = false

    /// The HTTP statuses of its refusals and failures.
    var refusals: [Int] {
        var statuses: Set = [429, 500, 503]
        if !query.isEmpty { statuses.insert(400) }
        if path.contains("{id}") { statuses.insert(404) }
        if needsToken { statuses.formUnion([401, 403]) }
        if method == .post { statuses.formUnion([400, 404, 409, 413, 422]) }
        return statuses.sorted()
    }
}

extension JSONValue {
    /// The schema of a text class. JSON Schema counts code points where the class counts characters, so the schema never allows more. A
    /// schema cannot limit bytes, so that limit is in the description.
    init(schemaOf textClass: any TextClass.Type) {
        var schema: [String: JSONValue] = ["type": "string", "maxLength": .number(Int64(textClass.maximumCharacters))]
        let needsOne = textClass.minimumCharacters > 0
        if needsOne { schema["minLength"] = .number(Int64(textClass.minimumCharacters)) }
        if textClass.maximumBytes < textClass.maximumCharacters * 4 {
            schema["description"] = .text("at most \(textClass.maximumBytes) bytes in UTF-8")
        }
        if !textClass.allowsLineBreaks {
            let blanks = textClass.allowsWhitespace ? "" : "\\s"
            schema["pattern"] = .text((needsOne ? "^(?=.*\\S)" : "^") + "[^\(blanks)\\x00-\\x1f\\x7f-\\x9f]*$")
        }
        self = .object(schema)
    }
}
