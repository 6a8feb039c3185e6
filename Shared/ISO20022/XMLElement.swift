/// An element of an XML document: a name without prefix, attributes, and either elements or text inside.
///
/// ISO 20022 needs no more of XML: no mixed content, no processing instruction. What a document has beyond is refused when it is read.
public struct XMLElement: Sendable, Hashable {
    /// The name without its prefix. An element of another namespace than the document's own has that namespace before it, in braces.
    public var name: String
    /// The attributes, by name.
    public var attributes: [String: String]
    /// The elements inside, in order.
    public var children: [XMLElement]
    /// The text inside, trimmed; empty where there are elements.
    public var text: String
    /// The text inside as it stands in the document, blanks included.
    var exactText = ""
    /// The namespace of a document's outermost element that was read; empty otherwise.
    var namespace = ""
    /// The line it begins on; 0 where it was not read.
    var line = 0
    /// The how-manieth of its name it is within its parent, from 1.
    var order = 1

    /// An element with text inside.
    public init(_ name: String, _ text: String, attributes: [String: String] = [:]) {
        self.init(name: name, attributes: attributes, children: [], text: text)
    }

    /// An element with elements inside.
    public init(_ name: String, attributes: [String: String] = [:], @XMLBuilder _ children: () -> [XMLElement]) {
        self.init(name: name, attributes: attributes, children: children(), text: "")
    }

    init(name: String, attributes: [String: String], children: [XMLElement], text: String) {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.text = text
    }

    /// The first element down a path of names; nil where there is none.
    public func first(_ path: String...) -> XMLElement? {
        path.reduce(self) { element, name in element?.children.first { $0.name == name } }
    }

    /// All elements of that name right inside.
    public func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The whole as a document in UTF-8.
    public var document: String { #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n" + written + "\n" }

    private var written: String {
        let attributes = attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\"\(Self.escaped($0.value))\"" }.joined()
        let inside = children.isEmpty ? Self.escaped(text) : children.map(\.written).joined()
        return "<\(name)\(attributes)>\(inside)</\(name)>"
    }

    /// The text with what XML gives a meaning replaced, and without the control characters that XML cannot hold.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += " "
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Collects the elements inside an element.
@resultBuilder
public enum XMLBuilder {
    /// One element.
    public static func buildExpression(_ element: XMLElement) -> [XMLElement] { [element] }
    /// Several.
    public static func buildExpression(_ elements: [XMLElement]) -> [XMLElement] { elements }
    /// In order.
    public static func buildBlock(_ parts: [XMLElement]...) -> [XMLElement] { parts.flatMap { $0 } }
    /// Perhaps none.
    public static func buildOptional(_ part: [XMLElement]?) -> [XMLElement] { part ?? [] }
}
