public import Kernel

/// A category of services with its kinds of service.
public struct Category: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The number in the document.
    public var number: Int
    /// Its domain; nil if the programme has none.
    public var domain: String?
    /// The title.
    public var title: LocalisedText
    /// The kinds of service in it; rules may use them.
    public var services: [NamedTerm]
    /// The cited clauses.
    public var citation: Citation
}
