public import Kernel

/// The wording of a rule's refusal, if the file has its own.
///
/// Omitted texts are composed from the rule's title and the compared values.
public struct Wording: Sendable, Hashable, Codable {
    /// The stable name of the reason; the rule's id if nil.
    public var slug: String?
    /// What happened and why.
    public var message: LocalisedText?
    /// The remedy.
    public var remedy: LocalisedText?

    /// A wording; all parts are optional.
    public init(slug: String? = nil, message: LocalisedText? = nil, remedy: LocalisedText? = nil) {
        (self.slug, self.message, self.remedy) = (slug, message, remedy)
    }
}
