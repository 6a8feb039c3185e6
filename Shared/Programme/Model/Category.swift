public import Kernel

/// A category of services, with the kinds of service it has.
public struct Category: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The number the document gives it.
    public var number: Int
    /// The domain it belongs to; nil where the programme has none.
    public var domain: String?
    /// What it is called.
    public var title: LocalisedText
    /// The kinds of service in it; rules may ask about them.
    public var services: [NamedTerm]
    /// Where it comes from.
    public var citation: Citation
}
