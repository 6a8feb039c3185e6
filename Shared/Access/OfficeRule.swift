/// How an installation determines the offices of its programmes.
public enum OfficeRule: Sendable, Hashable {
    /// The setting lists all of them.
    case listed(Set<Office>)
    /// The first organisation that acts in a role of a programme becomes its office. Only in a rehearsal without the setting.
    case firstToAct

    /// The rule that follows from the settings `offices` and `rehearsal`. Throws `MalformedOffice`.
    public init(_ texts: [String], isRehearsal: Bool) throws(MalformedOffice) {
        var listed: Set<Office> = []
        for text in texts where !text.isEmpty { listed.insert(try Office(parsing: text)) }
        self = listed.isEmpty && isRehearsal ? .firstToAct : .listed(listed)
    }
}
