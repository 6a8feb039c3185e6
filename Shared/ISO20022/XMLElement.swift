/// An element of an XML document: a name without prefix, attributes, and either elements or text inside.
///
/// ISO 20022 uses no other XML: no mixed content, no processing instructions. Documents with these are refused by the parser.
public struct XMLElement: Sendable, Hashable {
    /// The name without its prefix. An element of another namespace than the document's has that namespace before it, in braces.
    public var name: String
    /// The attributes, by name.
    public var attributes: [String: String]
    /// The elements inside, in order.
    public var children: [XMLElement]
    /// The text inside, trimmed; empty if there are child elements.
    public var text: String
    /// The text inside, untrimmed.
    var exactText = ""
    /// The namespace of a parsed document's root element; empty otherwise.
    var namespace = ""
    /// The line on which it begins; 0 if it was not parsed.
    var line = 0
    /// Its ordinal among its parent's children of the same name, from 1.
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

    /// The first element at a path of names; nil if there is none.
    public func first(_ path: String...) -> XMLElement? {
        path.reduce(self) { element, name in element?.children.first { $0.name == name } }
    }

    /// All children of that name.
    public func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The element as an XML document in UTF-8.
    public var document: String { #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n" + written + "\n" }

    private var written: String {
        let attributes = attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\"\(Self.escaped($0.value))\"" }.joined()
        let inside = children.isEmpty ? Self.escaped(text) : children.map(\.written).joined()
        return "<\(name)\(attributes)>\(inside)</\(name)>"
    }

    /// The text with XML's special characters escaped, and without control characters, which XML does not allow.
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

/// Builds the children of an element.
@resultBuilder
public enum XMLBuilder {
    /// One element.
    public static func buildExpression(_ element: XMLElement) -> [XMLElement] { [element] }
    /// Several elements.
    public static func buildExpression(_ elements: [XMLElement]) -> [XMLElement] { elements }
    /// All parts in order.
    public static func buildBlock(_ parts: [XMLElement]...) -> [XMLElement] { parts.flatMap { $0 } }
    /// An optional part.
    public static func buildOptional(_ part: [XMLElement]?) -> [XMLElement] { part ?? [] }
}
