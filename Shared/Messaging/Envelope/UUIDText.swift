public import Foundation

/// A UUID's text as RFC 9562 writes it: in lower case. Every record carries two or three; Foundation writes upper case, which
/// would then have to be lowered.
extension UUID {
    private static let digits = Array("0123456789abcdef".utf8)
    /// How many of the 36 characters stand before each of the 16 octets.
    private static let places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]

    /// The 36 characters, in lower case: an aggregate's id as the key of its messages.
    public var lowercased: String { String(decoding: lowercasedOctets, as: UTF8.self) }

    /// The 36 characters as octets.
    var lowercasedOctets: [UInt8] {
        var text = [UInt8](repeating: UInt8(ascii: "-"), count: 36)
        withUnsafeBytes(of: uuid) { octets in
            for (octet, place) in zip(octets, Self.places) {
                text[place] = Self.digits[Int(octet >> 4)]
                text[place + 1] = Self.digits[Int(octet & 15)]
            }
        }
        return text
    }
}
