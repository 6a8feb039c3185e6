public import Kernel

/// Anything in a programme that comes from a clause, told alike: for `explain`, `diff` and lint.
public struct Element: Sendable, Hashable {
    /// What sort of thing it is: "cap", "rule", "step".
    public let kind: String
    /// Its name within the programme: "caps.enterprise-year", "procedures.order.place".
    public let path: String
    /// What it is called.
    public let title: LocalisedText
    /// What it says, by name, in the file's own units.
    public let parameters: [Parameter]
    /// The steps at which it bites; empty where it always does.
    public let bitesAt: [String]
    /// The roles it concerns.
    public let concerns: [String]
    /// Where it comes from.
    public let citation: Citation

    /// One of the things an element says.
    public struct Parameter: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value, as text.
        public let value: String
    }
}

/// Parameters while they are gathered: what is nil or empty says nothing and is left out.
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
