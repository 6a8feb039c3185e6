/// The clauses and interpretations on which a rule is based, and its position in the file.
public struct Citation: Sendable, Hashable, Codable {
    /// The clauses, "BJ26-03" or "QUAN-08"; the decisive one first.
    public var clauses: [String]
    /// The interpretations of ambiguous clauses, "IN-05".
    public var readings: [String]
    /// Its position in the programme's file.
    public var place: SourcePlace

    /// A citation of clauses.
    public init(_ clauses: [String], readings: [String] = [], place: SourcePlace = .none) {
        (self.clauses, self.readings, self.place) = (clauses, readings, place)
    }

    /// Whether this id is among its clauses or interpretations.
    public func names(_ id: String) -> Bool { clauses.contains(id) || readings.contains(id) }
}
