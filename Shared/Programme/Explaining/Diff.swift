import Kernel

/// A difference between two programmes or two versions of one.
public struct Difference: Sendable, Hashable, CustomStringConvertible {
    /// The kind of difference.
    public enum Change: Sendable, Hashable {
        /// Only the second has the element.
        case added
        /// Only the first has the element.
        case removed
        /// Both have the element with different parameters.
        case changed([ChangedParameter])
    }

    /// A changed parameter of an element.
    public struct ChangedParameter: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The value in the first; nil if absent.
        public let before: String?
        /// The value in the second; nil if absent.
        public let after: String?
    }

    /// The element of the second, or of the first if it was removed.
    public let element: Element
    /// The kind of difference.
    public let change: Change

    /// The roles concerned.
    public var concerns: [String] { element.concerns }

    /// A few lines.
    public var description: String {
        let clauses = (element.citation.clauses + element.citation.readings).joined(separator: ", ")
        let whom = concerns.isEmpty ? "" : ", for \(concerns.joined(separator: ", "))"
        let tail = "\(element.kind) \(element.path)\(whom)\(clauses.isEmpty ? "" : " [\(clauses)]"): \(element.title.en)"
        switch change {
        case .added: return "+ " + tail + parameters("    ")
        case .removed: return "- " + tail
        case .changed(let changed):
            let lines = changed.map { "    \($0.name): \($0.before ?? "-") -> \($0.after ?? "-")" }
            return (["~ " + tail] + lines).joined(separator: "\n")
        }
    }

    private func parameters(_ indent: String) -> String {
        element.parameters.map { "\n\(indent)\($0.name): \($0.value)" }.joined()
    }
}

extension Programme {
    /// The differences from this programme to `other`, in the order of the file; removed elements come last.
    public func differences(to other: Programme) -> [Difference] {
        let before = Dictionary(elements.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(other.elements.map(\.path))
        let changed = other.elements.compactMap { element -> Difference? in
            guard let old = before[element.path] else { return Difference(element: element, change: .added) }
            let parameters = old.changes(to: element)
            return parameters.isEmpty ? nil : Difference(element: element, change: .changed(parameters))
        }
        let removed = elements.filter { !after.contains($0.path) }.map { Difference(element: $0, change: .removed) }
        return changed + removed
    }

    /// The differences as text, grouped by the roles concerned.
    public func diff(to other: Programme) -> String {
        let differences = differences(to: other)
        guard !differences.isEmpty else { return "\(id) version \(version) and \(other.id) version \(other.version) say the same." }
        let heading = "From \(id) version \(version) to \(other.id) version \(other.version): \(differences.count) differences"
        var whom: [String] = []
        for difference in differences {
            let name = difference.concerns.isEmpty ? "everybody" : difference.concerns.joined(separator: ", ")
            if !whom.contains(name) { whom.append(name) }
        }
        let groups = whom.map { name in
            let ofThem = differences.filter { ($0.concerns.isEmpty ? "everybody" : $0.concerns.joined(separator: ", ")) == name }
            return "For \(name):\n" + ofThem.map(\.description).joined(separator: "\n")
        }
        return ([heading] + groups).joined(separator: "\n\n")
    }
}

extension Element {
    fileprivate func changes(to other: Element) -> [Difference.ChangedParameter] {
        func all(_ element: Element) -> [(String, String)] {
            element.parameters.map { ($0.name, $0.value) } + [
                ("applies at", element.appliesAt.joined(separator: ", ")), ("title", "\(element.title.zh) / \(element.title.en)"),
                ("clauses", (element.citation.clauses + element.citation.readings).joined(separator: ", ")),
            ]
        }
        let (before, after) = (all(self), all(other))
        var names = before.map(\.0)
        for (name, _) in after where !names.contains(name) { names.append(name) }
        return names.compactMap { name in
            let (old, new) = (before.first { $0.0 == name }?.1, after.first { $0.0 == name }?.1)
            return old == new ? nil : Difference.ChangedParameter(name: name, before: old, after: new)
        }
    }
}
