/// Scans the bytes of a JSON text; it knows the scalar forms: strings, numbers and the three literals.
struct JSONScanner: ~Copyable {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The index of the next byte.
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// The next byte; at the end 0, which is never valid in JSON.
    var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    mutating func step() { position += 1 }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while case let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    /// Skips a string, a number or a literal. Returns false if there is none.
    mutating func skipScalar() -> Bool {
        switch peek {
        case UInt8(ascii: "\""): skipText() != nil
        case UInt8(ascii: "t"): skip("true")
        case UInt8(ascii: "f"): skip("false")
        case UInt8(ascii: "n"): skip("null")
        default: skipNumber()
        }
    }

    /// Reads a string and decodes its escapes; nil if there is none.
    mutating func takeText() -> String? {
        let start = position + 1
        guard let hasEscapes = skipText() else { return nil }
        let raw = UnsafeBufferPointer(rebasing: bytes[start..<(position - 1)])
        return hasEscapes ? Self.unescaped(raw) : String(decoding: raw, as: UTF8.self)
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount where bytes[position + index] != word.utf8Start[index] { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    private mutating func skipNumber() -> Bool {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard skipDigits() else { return false } }
        if take(UInt8(ascii: ".")) { guard skipDigits() else { return false } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while case let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position > start
    }

    /// Skips a string. Returns whether it contains escapes; nil if it is not a string.
    private mutating func skipText() -> Bool? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var hasEscapes = false
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return hasEscapes }
            if byte < 0x20 { return nil }
            guard byte == UInt8(ascii: "\\") else { continue }
            hasEscapes = true
            guard skipEscape() else { return nil }
        }
        return nil
    }

    private mutating func skipEscape() -> Bool {
        let kind = peek
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard let unit = takeUnit() else { return false }
            if (0xdc00...0xdfff).contains(unit) { return false }
            guard (0xd800...0xdbff).contains(unit) else { return true }
            // A lone surrogate is refused, although the grammar of JSON allows it.
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = takeUnit() else { return false }
            return (0xdc00...0xdfff).contains(low)
        default:
            return false
        }
    }

    private mutating func takeUnit() -> UInt16? {
        guard bytes.count - position >= 4 else { return nil }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Self.digit(bytes[position]) else { return nil }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private static func digit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Decodes the escapes of a well-formed string.
    private static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> String {
        var units: [UInt16] = []
        var index = raw.startIndex
        while index < raw.endIndex {
            let start = index
            while index < raw.endIndex, raw[index] != UInt8(ascii: "\\") { index += 1 }
            units += String(decoding: raw[start..<index], as: UTF8.self).utf16
            guard index < raw.endIndex else { break }
            let kind = raw[index + 1]
            index += 2
            switch kind {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0c)
            case UInt8(ascii: "n"): units.append(0x0a)
            case UInt8(ascii: "r"): units.append(0x0d)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                units.append(raw[index..<(index + 4)].reduce(0) { $0 << 4 | (digit($1) ?? 0) })
                index += 4
            default: units.append(UInt16(kind))
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
