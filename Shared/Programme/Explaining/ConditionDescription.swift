import Kernel

extension Condition {
    /// The condition in one line, for comparing two versions of a file.
    var explanation: String {
        switch self {
        case .inDivision(let field, let divisions): "\(field) in \(divisions.joined(separator: ", "))"
        case .oneOf(let field, let values): "\(field) is \(values.joined(separator: " or "))"
        case .holdsAny(let field, let values): "\(field) has one of \(values.joined(separator: ", "))"
        case .holdsAll(let field, let values): "\(field) has \(values.joined(separator: " and "))"
        case .holdsNone(let field, let values): "\(field) has none of \(values.joined(separator: ", "))"
        case .holdsAtMostOne(let field, let values): "\(field) has at most one of \(values.joined(separator: ", "))"
        case .codePrefix(let field, let allowed, let excluded): Self.explanation(field, allowed, excluded)
        case .isFlag(let field, let value): "\(field) is \(value)"
        case .given(let fields): "\(fields.map(\.description).joined(separator: ", ")) given"
        case .cleanRecord(let field, let years, let kinds):
            "\(field) has nothing of \(years) years" + (kinds.isEmpty ? "" : " about \(kinds.joined(separator: ", "))")
        case .ageAtLeast(let field, let years): "\(field) at least \(years) years ago"
        case .ageAtMost(let field, let years): "\(field) at most \(years) years ago"
        case .atLeast(let field, let operand): "\(field) at least \(operand.explanation)"
        case .atMost(let field, let operand): "\(field) at most \(operand.explanation)"
        case .insideRange(let field, let low, let high): "\(field) from \(low) to \(high)"
        case .textLength(let field, let bounds):
            "\(field) has \(bounds.least ?? 0) to \(bounds.most.map(String.init) ?? "any number of") characters"
        case .notEarlier(let field, let other): "\(field) not before \(other)"
        case .insideWindow(let field, let window): "\(field) in the window \(window)"
        case .equal(let pairs): pairs.map { "\($0.left) is \($0.right)" }.joined(separator: " and ")
        case .sumEquals(let parts, let total): "\(parts.map(\.description).joined(separator: " and ")) together are \(total)"
        case .judged(let question): "a reviewer answers: \(question.en)"
        case .anyOf(let parts): "(" + parts.map(\.explanation).joined(separator: ") or (") + ")"
        case .allOf(let parts): "(" + parts.map(\.explanation).joined(separator: ") and (") + ")"
        case .not(let part): "not (\(part.explanation))"
        }
    }

    private static func explanation(_ field: FieldName, _ allowed: [String], _ excluded: [String]) -> String {
        let first = allowed.isEmpty ? "" : " begins with \(allowed.joined(separator: " or "))"
        let second = excluded.isEmpty ? "" : " does not begin with \(excluded.joined(separator: ", "))"
        return "\(field)\(first)\(second)"
    }
}

extension Operand {
    var explanation: String {
        switch self {
        case .count(let count): "\(count)"
        case .amount(let amount): amount.description
        case .field(let field): field.description
        case .share(let share, let field): "\(share) of \(field)"
        case .rest(let whole, let part): "\(whole) less \(part)"
        }
    }
}
