/// What a calendar that is published year by year can say.
public enum CalendarAnswer<Value> {
    /// The answer.
    case published(Value)
    /// There is none yet: the arrangement for that year is not in this calendar.
    case notPublished(year: Int)

    /// The answer, or nil where there is none yet.
    public var value: Value? {
        guard case .published(let value) = self else { return nil }
        return value
    }

    /// The answer turned into another; what is not published stays so.
    public func map<Other>(_ turn: (Value) -> Other) -> CalendarAnswer<Other> {
        switch self {
        case .published(let value): .published(turn(value))
        case .notPublished(let year): .notPublished(year: year)
        }
    }
}

extension CalendarAnswer: Sendable where Value: Sendable {}
extension CalendarAnswer: Equatable where Value: Equatable {}
extension CalendarAnswer: Hashable where Value: Hashable {}
