/// Which clauses a rule comes from, by which reading, and where it stands in the file.
public struct Citation: Sendable, Hashable, Codable {
    /// The clauses, "BJ26-03" or "QUAN-08"; the decisive one first.
    public var clauses: [String]
    /// The interpretations that were chosen where the clause leaves a point open, "IN-05".
    public var readings: [String]
    /// Where it stands in the programme's file.
    public var place: SourcePlace

    /// A citation of clauses.
    public init(_ clauses: [String], readings: [String] = [], place: SourcePlace = .none) {
        (self.clauses, self.readings, self.place) = (clauses, readings, place)
    }

    /// Whether this id is among its clauses or readings.
    public func names(_ id: String) -> Bool { clauses.contains(id) || readings.contains(id) }
}
