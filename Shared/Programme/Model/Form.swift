public import Kernel

/// A form that people fill in. Its fields are facts of a record that rules can ask about.
public struct Form: Sendable, Hashable {
    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// The record that its fields belong to, "institution".
    public var record: String
    /// The steps it is filled in for.
    public var steps: [StepReference]
    /// The fields, in order.
    public var fields: [FormField]
    /// Where it comes from.
    public var citation: Citation
}

/// One field of a form.
public struct FormField: Sendable, Hashable {
    /// The name within its record.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// What it holds.
    public var type: FieldType
    /// Whether it is starred: the form is not complete without it.
    public var isRequired: Bool
    /// The least and the greatest number it may hold: characters of a text, a count, fen, rows of a list.
    public var bounds: FieldBounds
    /// The names that may be chosen, for choices; empty where any may.
    public var options: [NamedTerm]
    /// Whether it may not change once its application was published.
    public var isFixedAfterNotice: Bool
    /// Where it comes from.
    public var citation: Citation
}

/// The least and the greatest number that a field may hold.
public struct FieldBounds: Sendable, Hashable {
    /// The least.
    public var least: Int64?
    /// The greatest.
    public var most: Int64?

    /// Bounds; nil where there is none.
    public init(least: Int64? = nil, most: Int64? = nil) { (self.least, self.most) = (least, most) }
}
