/// The facts for evaluating rules: values by field.
public struct Facts: Sendable, Hashable {
    /// The values.
    public private(set) var values: [FieldName: FactValue] = [:]

    /// Facts; empty by default.
    public init(_ values: [FieldName: FactValue] = [:]) { self.values = values }

    /// The value of a field; nil if unknown.
    public subscript(name: FieldName) -> FactValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// These facts merged with others, which take precedence.
    public func merging(_ others: Facts) -> Facts {
        Facts(values.merging(others.values) { _, new in new })
    }

    /// These facts with one more value.
    public func with(_ record: String, _ field: String, _ value: FactValue?) -> Facts {
        var copy = self
        copy[FieldName(record, field)] = value
        return copy
    }
}

extension Facts: Codable {
    /// Decodes an object whose keys are field names.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        for (text, value) in try container.decode([String: FactValue].self) {
            guard let name = FieldName(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a fact is named like contract.total")
            }
            values[name] = value
        }
    }

    /// Encodes an object whose keys are field names.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Dictionary(uniqueKeysWithValues: values.map { ($0.key.description, $0.value) }))
    }
}
