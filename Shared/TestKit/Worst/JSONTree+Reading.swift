import Foundation

extension JSONTree {
    /// Invalid JSON.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        /// The position and the reason.
        public let description: String
    }

    /// Parses valid JSON, such as samples and a service's responses. It is not a validator.
    public init(reading bytes: some Sequence<UInt8>) throws {
        var reader = Reader(bytes: Array(bytes))
        self = try reader.value()
        reader.skipBlanks()
        guard reader.position == reader.bytes.count else { throw reader.fault("unexpected data after the value") }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        func fault(_ what: String) -> Fault { Fault(description: "byte \(position): \(what)") }

        mutating func skipBlanks() {
            while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
        }

        mutating func takes(_ character: Character) -> Bool {
            guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
            position += 1
            return true
        }

        mutating func value() throws -> JSONTree {
            skipBlanks()
            if takes("{") { return .object(try sequence(to: "}") { try $0.field() }) }
            if takes("[") { return .list(try sequence(to: "]") { try $0.value() }) }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return .text(try text()) }
            let begin = position
            while position < bytes.count, !" \t\r\n,]}".utf8.contains(bytes[position]) { position += 1 }
            guard position > begin else { throw fault("a value was expected") }
            return .raw(String(decoding: bytes[begin..<position], as: UTF8.self))
        }

        private mutating func sequence<Element>(
            to end: Character, _ element: (inout Reader) throws -> Element
        ) throws -> [Element] {
            var elements: [Element] = []
            skipBlanks()
            if takes(end) { return elements }
            while true {
                elements.append(try element(&self))
                skipBlanks()
                if takes(end) { return elements }
                guard takes(",") else { throw fault("a comma was expected") }
            }
        }

        private mutating func field() throws -> Field {
            skipBlanks()
            let name = try text()
            skipBlanks()
            guard takes(":") else { throw fault("a colon was expected") }
            return Field(name, try value())
        }

        /// Reads a string; Foundation decodes its escapes.
        private mutating func text() throws -> String {
            let begin = position
            guard takes("\"") else { throw fault("a string was expected") }
            while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard takes("\"") else { throw fault("a string is not terminated") }
            do { return try JSONDecoder().decode(String.self, from: Data(bytes[begin..<position])) } catch { throw fault("invalid string") }
        }
    }
}
