/// A step of a process by name, written "order.place" in a file.
public struct StepReference: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The process's id.
    public let process: String
    /// The step's id.
    public let step: String

    /// The step of that name.
    public init(_ process: String, _ step: String) { (self.process, self.step) = (process, step) }

    /// Reads "order.place"; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(String(parts[0]), String(parts[1]))
    }

    /// "order.place".
    public var description: String { "\(process).\(step)" }

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
