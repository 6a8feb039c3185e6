/// The name of a fact: a record and a field of it, written "contract.total".
public struct FieldName: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The record, "contract".
    public let record: String
    /// The field, "total".
    public let field: String

    /// The field of that name.
    public init(_ record: String, _ field: String) { (self.record, self.field) = (record, field) }

    /// Parses "contract.total"; nil for anything else.
    public init?(_ text: String) {
        guard let reference = StepReference(text) else { return nil }
        self.init(reference.procedure, reference.step)
    }

    /// "contract.total".
    public var description: String { "\(record).\(field)" }

    /// The order by text.
    public static func < (left: FieldName, right: FieldName) -> Bool { left.description < right.description }

    /// The reviewer's answer to the question of a rule.
    public static func judgement(_ rule: String) -> FieldName { FieldName("judgement", rule) }
    /// The recorded reason for excusing a rule that allows it.
    public static func excuse(_ rule: String) -> FieldName { FieldName("excuse", rule) }

    /// Decodes the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = FieldName(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a fact is named like contract.total")
        }
        self = name
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
