/// JSON with the details that a decoder loses: the spelling of numbers, the order of fields, and duplicate fields.
///
/// Tests parse a valid message, replace one part by an invalid one, and serialise it again, including JSON that no encoder writes.
public indirect enum JSONTree: Sendable, Hashable {
    /// A value that is written unchanged: `null`, `true`, a number, or any text of a test.
    case raw(String)
    /// A string; it is escaped when it is written.
    case text(String)
    /// An array.
    case list([JSONTree])
    /// An object. Names may be repeated.
    case object([Field])

    /// A field of an object.
    public struct Field: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// The field's value.
        public var value: JSONTree

        /// A field.
        public init(_ name: String, _ value: JSONTree) { (self.name, self.value) = (name, value) }
    }

    /// The path from the root to a part: indexes in arrays and objects.
    public typealias Path = [Int]

    /// An object of fields.
    public static func fields(_ fields: (String, JSONTree)...) -> JSONTree { .object(fields.map { Field($0.0, $0.1) }) }

    /// Every part, starting with the root, with its path.
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

    /// A copy with the part at `path` replaced. An invalid path changes nothing.
    public func replacing(_ path: Path, with part: JSONTree) -> JSONTree { changing(path) { _ in part } }

    /// A copy with the part at `path` changed by `change`.
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

    /// The value of an object's field.
    public subscript(_ name: String) -> JSONTree? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }

    /// The value of a string; nil for other kinds.
    public var asText: String? { if case .text(let text) = self { text } else { nil } }

    /// The items of an array; nil for other kinds.
    public var asList: [JSONTree]? { if case .list(let items) = self { items } else { nil } }

    /// The names of the fields on a path, for messages.
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

    /// The JSON text.
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
