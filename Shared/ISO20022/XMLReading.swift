/// Why a text is no document of ours.
public struct XMLFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; never the document's own text, which may name accounts.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension XMLElement {
    /// The greatest size of a document that is read, in bytes.
    public static let greatestBytes = 64 << 20
    private static let greatestDepth = 64

    /// Reads a document. Declarations of types and entities are refused, so that a document can reach nothing outside itself and cannot grow.
    public init(reading text: String) throws(XMLFault) {
        guard text.utf8.count <= Self.greatestBytes else { throw XMLFault("the document is too large") }
        var reader = XMLReader(text)
        try reader.skipProlog()
        self = try reader.element(depth: Self.greatestDepth)
        try reader.end()
    }
}

private struct XMLReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private var isAtEnd: Bool { place >= bytes.count }

    private func isAt(_ text: StaticString) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { bytes[place..<place + $0.count].elementsEqual($0) }
    }

    private mutating func skipSpace() {
        while !isAtEnd, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }

    private mutating func skip(to end: StaticString) throws(XMLFault) {
        while !isAt(end) {
            guard !isAtEnd else { throw XMLFault("the document ends too early") }
            place += 1
        }
        place += end.utf8CodeUnitCount
    }

    mutating func skipProlog() throws(XMLFault) {
        if isAt("\u{FEFF}") { place += 3 }
        skipSpace()
        if isAt("<?xml") { try skip(to: "?>") }
        try skipComments()
        guard !isAt("<!") else { throw XMLFault("the document declares types of its own") }
    }

    private mutating func skipComments() throws(XMLFault) {
        skipSpace()
        while isAt("<!--") {
            try skip(to: "-->")
            skipSpace()
        }
    }

    mutating func end() throws(XMLFault) {
        try skipComments()
        guard isAtEnd else { throw XMLFault("something stands behind the document's end") }
    }

    mutating func element(depth: Int) throws(XMLFault) -> XMLElement {
        guard depth > 0 else { throw XMLFault("the document is nested too deeply") }
        try expect(UInt8(ascii: "<"))
        let qualified = try name()
        var element = XMLElement(name: Self.local(qualified), attributes: try attributes(), children: [], text: "")
        if isAt("/>") {
            place += 2
            return element
        }
        try expect(UInt8(ascii: ">"))
        var text = ""
        while !isAt("</") {
            guard !isAtEnd else { throw XMLFault("the document ends inside an element") }
            if isAt("<!--") {
                try skip(to: "-->")
            } else if bytes[place] == UInt8(ascii: "<") {
                element.children.append(try self.element(depth: depth - 1))
            } else {
                text += try characters(until: UInt8(ascii: "<"))
            }
        }
        place += 2
        guard try name() == qualified else { throw XMLFault("an element is closed by another's name") }
        skipSpace()
        try expect(UInt8(ascii: ">"))
        element.text = Self.trimmed(text)
        guard element.children.isEmpty || element.text.isEmpty else { throw XMLFault("text stands between elements") }
        return element
    }

    private mutating func attributes() throws(XMLFault) -> [String: String] {
        var attributes: [String: String] = [:]
        skipSpace()
        while !isAtEnd, bytes[place] != UInt8(ascii: ">"), bytes[place] != UInt8(ascii: "/") {
            let name = Self.local(try name())
            skipSpace()
            try expect(UInt8(ascii: "="))
            skipSpace()
            guard !isAtEnd, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[place]) else {
                throw XMLFault("an attribute has no quotes")
            }
            let quote = bytes[place]
            place += 1
            attributes[name] = try characters(until: quote)
            try expect(quote)
            skipSpace()
        }
        return attributes
    }

    private mutating func name() throws(XMLFault) -> String {
        let start = place
        while !isAtEnd, Self.isOfName(bytes[place]) { place += 1 }
        guard place > start, let name = String(validating: bytes[start..<place], as: UTF8.self) else { throw XMLFault("a name is missing") }
        return name
    }

    private mutating func characters(until end: UInt8) throws(XMLFault) -> String {
        let start = place
        while !isAtEnd, bytes[place] != end { place += 1 }
        return try Self.unescaped(String(decoding: bytes[start..<place], as: UTF8.self))
    }

    private mutating func expect(_ byte: UInt8) throws(XMLFault) {
        guard !isAtEnd, bytes[place] == byte else { throw XMLFault("a \(Character(UnicodeScalar(byte))) is missing at byte \(place)") }
        place += 1
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x80...: true
        default: false
        }
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    private static func local(_ name: String) -> String {
        guard let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) else { return name }
        return String(name[name.utf8.index(after: colon)...])
    }

    private static func unescaped(_ text: String) throws(XMLFault) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var parts = text.split(separator: "&", omittingEmptySubsequences: false)
        var result = String(parts.removeFirst())
        for part in parts {
            guard let end = part.firstIndex(of: ";"), let character = character(part[..<end]) else {
                throw XMLFault("an entity is not known")
            }
            result += character + part[part.index(after: end)...]
        }
        return result
    }

    private static func character(_ entity: Substring) -> String? {
        if let known = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"][entity] { return known }
        guard entity.first == "#" else { return nil }
        let digits = entity.dropFirst()
        let number = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(UnicodeScalar.init).map { String($0) }
    }
}
