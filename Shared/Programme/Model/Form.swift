public import Kernel

/// A form. Its fields are facts of a record that rules can use.
public struct Form: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The record of its fields, "institution".
    public var record: String
    /// The steps for which it is filled in.
    public var steps: [StepReference]
    /// The fields, in order.
    public var fields: [FormField]
    /// The cited clauses.
    public var citation: Citation

    /// A form with these fields.
    public init(id: String, title: LocalisedText, record: String, steps: [StepReference], fields: [FormField], citation: Citation) {
        (self.id, self.title, self.record, self.steps) = (id, title, record, steps)
        (self.fields, self.citation) = (fields, citation)
    }
}

/// One field of a form.
public struct FormField: Sendable, Hashable {
    /// The name within its record.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The type.
    public var type: FieldType
    /// Whether it is required (starred in the form).
    public var isRequired: Bool
    /// The bounds: characters of a text, a count, fen, rows of a list.
    public var bounds: FieldBounds
    /// The options; empty if any value is allowed.
    public var options: [NamedTerm]
    /// Whether it is immutable after publication of its application.
    public var isFixedAfterNotice: Bool
    /// The cited clauses.
    public var citation: Citation
}

/// The bounds of a field.
public struct FieldBounds: Sendable, Hashable {
    /// The minimum.
    public var least: Int64?
    /// The maximum.
    public var most: Int64?

    /// Bounds; nil for unbounded.
    public init(least: Int64? = nil, most: Int64? = nil) { (self.least, self.most) = (least, most) }
}
