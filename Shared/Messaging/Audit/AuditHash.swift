import Foundation
import Kernel
import Postgres

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
    static func row(_ text: String) -> [UInt8] { octets(ContentHash(of: Array(text.utf8))) }

    /// The hash of a seal: of the one before it (nothing for the first), its number, and its rows.
    static func seal(after previous: [UInt8], number: Int64, rowHashes: [UInt8]) -> [UInt8] {
        octets(ContentHash(of: previous + Array("\(number)\n".utf8) + rowHashes))
    }

    /// A hash in lower-case hexadecimal.
    static func text(_ hash: [UInt8]) -> String {
        hash.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 2 ? digits : "0" + digits
        }.joined()
    }

    private static func octets(_ hash: ContentHash) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(bytes)
        var rest = Substring(hash.hexadecimal)
        while let octet = UInt8(rest.prefix(2), radix: 16) {
            octets.append(octet)
            rest = rest.dropFirst(2)
        }
        return octets
    }
}
