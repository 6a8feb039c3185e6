public import Kernel

/// What a rule tells whom it refuses, where the file says it in its own words.
///
/// What is left out is composed from the rule's title and the numbers that were compared.
public struct Wording: Sendable, Hashable, Codable {
    /// The stable name of the reason; the rule's own id where it is left out.
    public var slug: String?
    /// What happened and why.
    public var message: LocalisedText?
    /// How to mend it.
    public var remedy: LocalisedText?

    /// A wording; nothing of it is required.
    public init(slug: String? = nil, message: LocalisedText? = nil, remedy: LocalisedText? = nil) {
        (self.slug, self.message, self.remedy) = (slug, message, remedy)
    }
}
