/// The name of a fact: a record and a field of it, written "contract.total".
public struct FieldName: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The record, "contract".
    public let record: String
    /// The field, "total".
    public let field: String

    /// The field of that name.
    public init(_ record: String, _ field: String) { (self.record, self.field) = (record, field) }

    /// Reads "contract.total"; nil for anything else.
    public init?(_ text: String) {
        guard let reference = StepReference(text) else { return nil }
        self.init(reference.procedure, reference.step)
    }

    /// "contract.total".
    public var description: String { "\(record).\(field)" }

    /// Whether `left` comes first by its text.
    public static func < (left: FieldName, right: FieldName) -> Bool { left.description < right.description }

    /// What a reviewer answered to the question of the rule of that id.
    public static func judgement(_ rule: String) -> FieldName { FieldName("judgement", rule) }
    /// The reason why the rule of that id was not insisted on, where the rule allows for one.
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
