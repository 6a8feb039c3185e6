import Hummingbird
import Kernel

/// One operation of the API as its description tells of it.
struct APIOperation: Sendable {
    /// A field of a request's body, or of the query.
    struct Field: Sendable {
        let name: String
        let schema: JSONValue
        let isRequired: Bool

        /// A text of a class, with the bounds of the class.
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
        /// An amount of money: a whole number of fen.
        static func fen(_ name: String, optional: Bool = false) -> Field {
            Field(
                name: name, schema: ["type": "integer", "format": "int64", "description": "fen, 123456 for 1234.56 yuan"],
                isRequired: !optional)
        }
        static func flag(_ name: String, optional: Bool = false) -> Field {
            Field(name: name, schema: ["type": "boolean"], isRequired: !optional)
        }
        /// A filter of a list: a text as `Request.filter` takes it.
        static func filter(_ name: String) -> Field {
            Field(
                name: name,
                schema: [
                    "type": "string", "maxLength": .number(Int64(Request.greatestFilterCharacters)), "pattern": "^[^\\x00-\\x1f\\x7f]*$",
                ], isRequired: false)
        }
        /// How many things of a list are wanted.
        static var limit: Field {
            Field(
                name: "limit",
                schema: [
                    "type": "integer", "minimum": 1, "maximum": .number(Int64(Page.greatest)), "default": .number(Int64(Page.standard)),
                ], isRequired: false)
        }
        /// Behind which thing of a list they are wanted.
        static var after: Field {
            Field(
                name: "after", schema: ["type": "integer", "format": "int64", "minimum": 0, "maximum": .number(Int64.max)],
                isRequired: false)
        }
        /// A list of texts of a class.
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
    /// Whether it needs an access token; whatever asks for something to be done does.
    var needsToken = true
    /// The filters of a list.
    var query: [Field] = []
    /// The fields of the body.
    var body: [Field] = []
    /// Whether it makes a thing of its own, answered with 201.
    var makes = false
    /// Whether the body is a paper, as it is.
    var takesPaper = false

    /// The statuses with which it can refuse.
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
    /// The schema of a text of a class. JSON Schema counts code points where the class counts characters, so it never allows more; the bytes
    /// are told in words, as no schema can bound them.
    init(schemaOf textClass: any TextClass.Type) {
        var schema: [String: JSONValue] = ["type": "string", "maxLength": .number(Int64(textClass.mostCharacters))]
        let needsOne = textClass.fewestCharacters > 0
        if needsOne { schema["minLength"] = .number(Int64(textClass.fewestCharacters)) }
        if textClass.mostBytes < textClass.mostCharacters * 4 {
            schema["description"] = .text("at most \(textClass.mostBytes) bytes in UTF-8")
        }
        if !textClass.takesLines {
            let blanks = textClass.takesBlanks ? "" : "\\s"
            schema["pattern"] = .text((needsOne ? "^(?=.*\\S)" : "^") + "[^\(blanks)\\x00-\\x1f\\x7f-\\x9f]*$")
        }
        self = .object(schema)
    }
}
