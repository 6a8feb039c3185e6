/// The last seal of a service's audit trail. It is published on the service's events topic under the key `audit` and stored by its
/// subscribers: an audit trail that is truncated or rewritten later no longer matches the stored seals.
public struct AuditSealed: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "audit-sealed")

    /// The number of the last seal.
    public let number: Int64
    /// Its hash, SHA-256 in hexadecimal digits.
    public let hash: String

    /// The last seal of a chain.
    public init(number: Int64, hash: String) { (self.number, self.hash) = (number, hash) }
}
