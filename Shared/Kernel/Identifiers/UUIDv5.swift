import Crypto
public import Foundation

/// Ids computed from a name (RFC 9562, version 5): the same namespace and name always give the same id, on every machine.
public enum UUIDv5 {
    /// The id of `name` inside `namespace`, as RFC 9562 section 5.5 defines it: SHA-1 over the namespace's 16 bytes and the name's UTF-8.
    public static func make(namespace: UUID, name: String) -> UUID {
        make(namespace: namespace, bytes: Array(name.utf8))
    }

    /// The id of a list of parts inside `namespace`.
    ///
    /// Each part is preceded by its length in bytes, so that ("ab", "c") and ("a", "bc") have different ids. Command ids are made this way,
    /// because one part comes from the caller and must not be able to collide with the next.
    public static func make(namespace: UUID, parts: [String]) -> UUID {
        make(namespace: namespace, bytes: parts.flatMap { part in Array("\(part.utf8.count):".utf8) + Array(part.utf8) })
    }

    private static func make(namespace: UUID, bytes: [UInt8]) -> UUID {
        var hash = Insecure.SHA1()
        hash.update(data: namespace.octets)
        hash.update(data: bytes)
        return UUID(octets: Array(hash.finalize().prefix(16)), version: 5)
    }
}
