import Crypto

/// How audit rows and seals are hashed. It must never change: a chain hashed by another rule would look broken.
enum AuditHash {
    /// A row as one text. `jsonb` has only one text form, and instants are written in microseconds.
    static let rowText = """
        jsonb_build_array(a.id, a.message_id, a.type, a.key, a.source, a.outcome, a.refusal, a.detail,
            (extract(epoch from a.decided_at) * 1000000)::bigint, (extract(epoch from a.recorded_at) * 1000000)::bigint)::text
        """

    /// The length of a hash in bytes.
    static let bytes = 32

    /// The hash of a row.
    static func row(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// The hash of a seal: of the one before it (nothing for the first), its number, and its rows.
    static func seal(after previous: [UInt8], number: Int64, rowHashes: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: previous + Array("\(number)\n".utf8) + rowHashes))
    }

    /// A hash in lower-case hexadecimal.
    static func text(_ hash: [UInt8]) -> String {
        hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
