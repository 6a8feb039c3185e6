/// Tells how far a service has sealed its audit trail. It travels on the service's own events, under the key `audit`, and is kept by whoever
/// follows them: a trail that is cut short, or written anew, no longer fits what others keep.
public struct AuditSealed: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "audit-sealed")

    /// The number of the last seal.
    public let number: Int64
    /// Its hash, SHA-256 in hexadecimal digits.
    public let hash: String

    /// The head of a chain.
    public init(number: Int64, hash: String) { (self.number, self.hash) = (number, hash) }
}
