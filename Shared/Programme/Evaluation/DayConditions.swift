import Foundation
import Kernel

/// Conditions on days.
extension ConditionAsking {
    func findingOfDays(_ condition: Condition) -> Finding {
        switch condition {
        case .cleanRecord(let field, let years, let kinds): cleanRecord(field, years, kinds)
        case .ageAtLeast(let field, let years):
            age(field, years) { day, limit in
                day <= limit ? nil : (zh: "不足 \(years) 年", en: "that is less than \(years) years ago")
            }
        case .ageAtMost(let field, let years):
            age(field, years) { day, limit in
                day >= limit ? nil : (zh: "已超过 \(years) 年", en: "that is more than \(years) years ago")
            }
        case .notEarlier(let field, let other): notEarlier(field, other)
        case .insideWindow(let field, let window): insideWindow(field, window)
        default: .holds
        }
    }

    /// The same day `years` years ago is still within the period.
    private func cleanRecord(_ field: FieldName, _ years: Int, _ kinds: [String]) -> Finding {
        guard case .records(let records)? = facts[field] else { return .unknown([field]) }
        guard let limit = yearsAgo(years) else { return .unknown([field]) }
        let found = records.filter { $0.on >= limit && (kinds.isEmpty || kinds.contains($0.kind)) }
        guard !found.isEmpty else { return .holds }
        let numbers = [
            FactValue.records(found).number(field.description), RefusalNumber(name: "since", value: .text(limit.description), unit: .date),
        ]
        return .fails(Comparison(numbers, zh: "\(years) 年内有不良记录", en: "there are entries in the last \(years) years"))
    }

    private func age(
        _ field: FieldName, _ years: Int, _ complaint: (CalendarDate, CalendarDate) -> (zh: String, en: String)?
    ) -> Finding {
        guard case .date(let day)? = facts[field], let limit = yearsAgo(years) else { return .unknown([field]) }
        guard let complaint = complaint(day, limit) else { return .holds }
        let numbers = [
            FactValue.date(day).number(field.description), RefusalNumber(name: "bound", value: .text(limit.description), unit: .date),
        ]
        return .fails(Comparison(numbers, zh: "\(day)，\(complaint.zh)", en: "\(day), \(complaint.en)"))
    }

    private func yearsAgo(_ years: Int) -> CalendarDate? { circumstances.today.flatMap { try? $0.adding(years: -years) } }

    private func notEarlier(_ field: FieldName, _ other: FieldName) -> Finding {
        guard case .date(let day)? = facts[field], case .date(let bound)? = facts[other] else {
            return .unknown([field, other].filter { facts[$0] == nil })
        }
        guard day < bound else { return .holds }
        return .fails(
            Comparison(
                [FactValue.date(day).number(field.description), FactValue.date(bound).number(other.description)],
                zh: "\(day) 早于 \(bound)", en: "\(day) is before \(bound)"))
    }

    private func insideWindow(_ field: FieldName, _ window: String) -> Finding {
        guard case .date(let day)? = facts[field] else { return .unknown([field]) }
        let span = programme.span(ofWindow: window, circumstances.announcements)
        guard !(span?.isOpen(at: BeijingTime.startOfDay(day)) ?? false) else { return .holds }
        var numbers = [FactValue.date(day).number(field.description)]
        for (name, instant) in [("opens", span?.opens), ("closes", span?.closes?.addingTimeInterval(-1))] {
            guard let instant, let edge = try? BeijingTime.date(at: instant) else { continue }
            numbers.append(RefusalNumber(name: name, value: .text(edge.description), unit: .date))
        }
        return .fails(Comparison(numbers, zh: "\(day) 不在规定期间内", en: "\(day) is outside the window"))
    }
}
