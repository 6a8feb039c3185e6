public import Foundation
public import Kernel

/// The number of an order as people write it and contracts print it: the city's division, the day, and twelve characters of the order's id.
///
/// The same order has the same number for ever. The letters leave out I, L, O and U, which are misread.
public enum OrderNumber {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The number, "110000-20260520-7K3M9QX2ABCD".
    public static func text(city: String, day: CalendarDate, id: UUID) -> String {
        // The last 60 bits are random in every version of id that commands have.
        let bytes = id.uuid
        var bits = [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var text = [UInt8](repeating: 0, count: 12)
        for place in text.indices.reversed() {
            text[place] = digits[Int(bits & 31)]
            bits >>= 5
        }
        let date = day.description.utf8.filter { $0 != UInt8(ascii: "-") }
        return "\(city)-\(String(decoding: date, as: UTF8.self))-\(String(decoding: text, as: UTF8.self))"
    }
}
