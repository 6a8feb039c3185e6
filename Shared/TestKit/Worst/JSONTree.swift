/// JSON as it stands in a text, with what a decoder loses: numbers as they are written, the order of fields, fields that stand twice.
///
/// Tests take a good message, put something bad in one place of it, and write it again: also what no encoder writes.
public indirect enum JSONTree: Sendable, Hashable {
    /// A value that is written as it stands: `null`, `true`, a number; or whatever a test wants to stand there.
    case raw(String)
    /// A text; it is escaped as JSON wants when it is written.
    case text(String)
    /// A list.
    case list([JSONTree])
    /// An object. A name may stand twice.
    case object([Field])

    /// A field of an object.
    public struct Field: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// What stands there.
        public var value: JSONTree

        /// A field.
        public init(_ name: String, _ value: JSONTree) { (self.name, self.value) = (name, value) }
    }

    /// The way from the whole to a part: places in lists and objects.
    public typealias Path = [Int]

    /// An object of fields.
    public static func fields(_ fields: (String, JSONTree)...) -> JSONTree { .object(fields.map { Field($0.0, $0.1) }) }

    /// Every part, from the whole on, with the way to it.
    public var parts: [(path: Path, part: JSONTree)] {
        var parts: [(path: Path, part: JSONTree)] = [([], self)]
        for (place, child) in children.enumerated() {
            parts += child.parts.map { ([place] + $0.path, $0.part) }
        }
        return parts
    }

    private var children: [JSONTree] {
        switch self {
        case .raw, .text: []
        case .list(let items): items
        case .object(let fields): fields.map(\.value)
        }
    }

    /// The same with another part at the end of a way. A way that does not lead anywhere changes nothing.
    public func replacing(_ path: Path, with part: JSONTree) -> JSONTree { changing(path) { _ in part } }

    /// The same with a part changed.
    public func changing(_ path: Path, _ change: (JSONTree) -> JSONTree) -> JSONTree {
        guard let place = path.first else { return change(self) }
        let rest = Array(path.dropFirst())
        switch self {
        case .list(var items) where items.indices.contains(place):
            items[place] = items[place].changing(rest, change)
            return .list(items)
        case .object(var fields) where fields.indices.contains(place):
            fields[place].value = fields[place].value.changing(rest, change)
            return .object(fields)
        default: return self
        }
    }

    /// What stands in a field of an object.
    public subscript(_ name: String) -> JSONTree? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }

    /// The text, where it is one.
    public var asText: String? { if case .text(let text) = self { text } else { nil } }

    /// The items, where it is a list.
    public var asList: [JSONTree]? { if case .list(let items) = self { items } else { nil } }

    /// The names of the fields on a way, for a person.
    public func name(of path: Path) -> String {
        guard let place = path.first else { return "" }
        let rest = Array(path.dropFirst())
        let (name, child): (String, JSONTree) =
            switch self {
            case .object(let fields) where fields.indices.contains(place): (fields[place].name, fields[place].value)
            case .list(let items) where items.indices.contains(place): ("[\(place)]", items[place])
            default: ("?", self)
            }
        return rest.isEmpty ? name : name + "." + child.name(of: rest)
    }

    /// As it is sent.
    public var written: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .raw(let value): text += value
        case .text(let value): Self.quote(value, to: &text)
        case .list(let items):
            text += "["
            for (place, item) in items.enumerated() {
                if place > 0 { text += "," }
                item.write(to: &text)
            }
            text += "]"
        case .object(let fields):
            text += "{"
            for (place, field) in fields.enumerated() {
                if place > 0 { text += "," }
                Self.quote(field.name, to: &text)
                text += ":"
                field.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
