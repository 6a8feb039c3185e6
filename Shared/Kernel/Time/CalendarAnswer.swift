/// An answer of a calendar that is published year by year.
public enum CalendarAnswer<Value> {
    /// The answer.
    case published(Value)
    /// No answer yet: the calendar of that year is not published.
    case notPublished(year: Int)

    /// The answer; nil if the calendar is not published.
    public var value: Value? {
        guard case .published(let value) = self else { return nil }
        return value
    }

    /// The answer, transformed; `notPublished` stays the same.
    public func map<Other>(_ transform: (Value) -> Other) -> CalendarAnswer<Other> {
        switch self {
        case .published(let value): .published(transform(value))
        case .notPublished(let year): .notPublished(year: year)
        }
    }
}

extension CalendarAnswer: Sendable where Value: Sendable {}
extension CalendarAnswer: Equatable where Value: Equatable {}
extension CalendarAnswer: Hashable where Value: Hashable {}
