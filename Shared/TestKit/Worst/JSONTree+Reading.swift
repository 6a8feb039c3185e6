import Foundation

extension JSONTree {
    /// JSON that could not be read as such.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        /// Where it stopped.
        public let description: String
    }

    /// Reads JSON that is right: samples, answers of a service. Nothing else is meant to go in.
    public init(reading bytes: some Sequence<UInt8>) throws {
        var reader = Reader(bytes: Array(bytes))
        self = try reader.value()
        reader.skipBlanks()
        guard reader.place == reader.bytes.count else { throw reader.fault("more stands behind it") }
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        func fault(_ what: String) -> Fault { Fault(description: "byte \(place): \(what)") }

        mutating func skipBlanks() {
            while place < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[place]) { place += 1 }
        }

        mutating func takes(_ character: Character) -> Bool {
            guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
            place += 1
            return true
        }

        mutating func value() throws -> JSONTree {
            skipBlanks()
            if takes("{") { return .object(try sequence(to: "}") { try $0.field() }) }
            if takes("[") { return .list(try sequence(to: "]") { try $0.value() }) }
            if place < bytes.count, bytes[place] == UInt8(ascii: "\"") { return .text(try text()) }
            let begin = place
            while place < bytes.count, !" \t\r\n,]}".utf8.contains(bytes[place]) { place += 1 }
            guard place > begin else { throw fault("a value was expected") }
            return .raw(String(decoding: bytes[begin..<place], as: UTF8.self))
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

        /// Its escapes are left to Foundation.
        private mutating func text() throws -> String {
            let begin = place
            guard takes("\"") else { throw fault("a text was expected") }
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard takes("\"") else { throw fault("a text does not end") }
            do { return try JSONDecoder().decode(String.self, from: Data(bytes[begin..<place])) } catch { throw fault("no text") }
        }
    }
}
