public import Foundation

/// When identity makes a new signing key, and when an old one is done with.
///
/// A key is published before it signs (`lead`), so that no service meets a token of a key it has not heard of; only the very first one signs at
/// once. A key that has been succeeded stays until the last token it signed has expired.
public struct KeyRotationPolicy: Sendable, Hashable {
    /// A key as far as the rota looks at it.
    public struct Key: Sendable, Hashable {
        /// Its id.
        public let id: String
        /// When it begins to sign.
        public let signsFrom: Date

        /// A key.
        public init(id: String, signsFrom: Date) { (self.id, self.signsFrom) = (id, signsFrom) }
    }

    /// For how long a key signs.
    public let life: TimeInterval
    /// How long it is published before it signs.
    public let lead: TimeInterval
    /// How long after its successor began it is revoked.
    public let rest: TimeInterval

    /// A rota, in seconds.
    public init(life: TimeInterval, lead: TimeInterval, rest: TimeInterval) {
        (self.life, self.lead, self.rest) = (life, lead, rest)
    }

    /// From when a key that has to be made now is to sign; nil where none has to be made.
    public func newKey(among keys: [Key], at now: Date) -> Date? {
        guard let newest = keys.map(\.signsFrom).max() else { return now }
        guard now >= newest.addingTimeInterval(life) else { return nil }
        return now.addingTimeInterval(lead)
    }

    /// The key that signs now: the one that began last; nil where none has begun.
    public static func signing(among keys: [Key], at now: Date) -> Key? {
        keys.filter { $0.signsFrom <= now }.max { ($0.signsFrom, $0.id) < ($1.signsFrom, $1.id) }
    }

    /// The keys to revoke now.
    public func spent(among keys: [Key], at now: Date) -> [Key] {
        guard let signing = Self.signing(among: keys, at: now), signing.signsFrom.addingTimeInterval(rest) <= now else { return [] }
        return keys.filter { $0.signsFrom < signing.signsFrom }
    }
}
