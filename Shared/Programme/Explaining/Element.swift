public import Kernel

/// A part of a programme that cites a clause, in a uniform form for `explain`, `diff` and lint.
public struct Element: Sendable, Hashable {
    /// The kind: "cap", "rule", "step".
    public let kind: String
    /// Its name within the programme: "caps.enterprise-year", "procedures.order.place".
    public let path: String
    /// The title.
    public let title: LocalisedText
    /// The parameters by name, in the file's units.
    public let parameters: [Parameter]
    /// The steps at which it applies; empty if it always applies.
    public let appliesAt: [String]
    /// The roles it concerns.
    public let concerns: [String]
    /// The cited clauses.
    public let citation: Citation

    /// A parameter of an element.
    public struct Parameter: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value, as text.
        public let value: String
    }
}

/// Collects parameters; nil and empty values are omitted.
struct ParameterList {
    var all: [Element.Parameter] = []

    func adding(_ name: String, _ value: (some CustomStringConvertible)?) -> ParameterList {
        guard let value, !value.description.isEmpty else { return self }
        return ParameterList(all: all + [Element.Parameter(name: name, value: value.description)])
    }

    func adding(_ name: String, _ values: [some CustomStringConvertible]) -> ParameterList {
        adding(name, values.map(\.description).joined(separator: ", "))
    }

    func adding(_ name: String, flag: Bool) -> ParameterList { adding(name, flag ? "yes" : nil as String?) }
}
