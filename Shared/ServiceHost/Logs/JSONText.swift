/// Writes a JSON object field by field, for log lines: faster than `JSONEncoder`, and in the given order.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Opens an object, as the value of the last key if there is one.
    mutating func begin() {
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    /// Closes the object that was opened last.
    mutating func end() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Adds a text field.
    mutating func add(_ name: String, _ value: String) {
        key(name)
        string(value)
        needsComma = true
    }

    /// Begins an object field; `end` closes it.
    mutating func beginField(_ name: String) {
        key(name)
        begin()
    }

    private mutating func key(_ name: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0..<0x20, 0x7F: bytes += "\\u00".utf8 + [Self.hexDigits[Int(byte >> 4)], Self.hexDigits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
