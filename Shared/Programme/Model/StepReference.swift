/// A step of a procedure by name, written "order.place" in a file.
public struct StepReference: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The procedure's id.
    public let procedure: String
    /// The step's id.
    public let step: String

    /// The step of that name.
    public init(_ procedure: String, _ step: String) { (self.procedure, self.step) = (procedure, step) }

    /// Parses "order.place"; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(String(parts[0]), String(parts[1]))
    }

    /// "order.place".
    public var description: String { "\(procedure).\(step)" }

    /// Decodes the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let reference = StepReference(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a step is named like order.place")
        }
        self = reference
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
