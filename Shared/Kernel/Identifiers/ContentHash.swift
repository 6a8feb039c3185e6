import Crypto
public import Foundation

/// The SHA-256 of some bytes: the address of a stored file, or the fingerprint of a command's body.
///
/// Encoded and printed as 64 lower-case hexadecimal digits.
public struct ContentHash: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The 64 lower-case hexadecimal digits.
    public let hexadecimal: String

    /// The hash of `bytes`.
    public init(of bytes: some DataProtocol) {
        hexadecimal = SHA256.hash(data: bytes).map { octet in
            let digits = String(octet, radix: 16)
            return octet < 16 ? "0" + digits : digits
        }.joined()
    }

    /// A hash from its hexadecimal form; nil if `text` is not 64 lower-case hexadecimal digits.
    public init?(hexadecimal text: String) {
        let isHexadecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard text.utf8.count == 64, isHexadecimal else { return nil }
        hexadecimal = text
    }

    /// Decodes the hexadecimal digits; anything else is a decoding error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = ContentHash(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a content hash is 64 lower-case hexadecimal digits (SHA-256)")
        }
        self = hash
    }

    /// Encodes the hexadecimal digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }

    /// The hexadecimal digits.
    public var description: String { hexadecimal }
}
