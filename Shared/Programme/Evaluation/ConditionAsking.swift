import Kernel

/// Evaluates conditions on facts.
struct ConditionAsking {
    let programme: Programme
    let facts: Facts
    let circumstances: Circumstances
    let rule: String

    func finding(_ condition: Condition) -> Finding {
        switch condition {
        case .inDivision(let field, let divisions):
            text(field) { code in
                divisions.contains { Programme.lies(code, in: $0) }
                    ? .holds : fails(field, zh: "所在地不在范围内", en: "it is elsewhere", divisions)
            }
        case .oneOf(let field, let values):
            text(field) { value in
                values.contains(value) ? .holds : fails(field, zh: "不在可选范围内", en: "it is not an allowed value", values)
            }
        case .holdsAny(let field, let values):
            names(field) { held in
                held.isDisjoint(with: values) ? fails(field, zh: "一项也不具备", en: "it has none of the required values", values) : .holds
            }
        case .holdsAll(let field, let values):
            names(field) { held in
                let missing = values.filter { !held.contains($0) }
                return missing.isEmpty ? .holds : fails(field, zh: "尚缺部分项目", en: "required values are missing", missing)
            }
        case .holdsNone(let field, let values):
            names(field) { held in
                let found = values.filter(held.contains)
                return found.isEmpty ? .holds : fails(field, zh: "存在不允许的情形", en: "it has values that are not allowed", found)
            }
        case .holdsAtMostOne(let field, let values):
            names(field) { held in
                let found = values.filter(held.contains)
                return found.count <= 1 ? .holds : fails(field, zh: "只能具有其中一项", en: "only one of these values is allowed", found)
            }
        case .codePrefix(let field, let allowed, let excluded):
            text(field) { code in
                let isAllowed = allowed.isEmpty || allowed.contains(where: code.hasPrefix)
                guard !isAllowed || excluded.contains(where: code.hasPrefix) else { return .holds }
                return fails(field, zh: "该类主体不适用", en: "entities of this kind are not eligible", allowed)
            }
        case .isFlag(let field, let wanted): isFlag(field, wanted)
        case .given(let fields): given(fields)
        case .anyOf(let parts): anyOf(parts)
        case .allOf(let parts): allOf(parts)
        case .not(let part): not(part)
        case .judged(let question): judged(question)
        case .equal(let pairs): equal(pairs)
        case .cleanRecord, .ageAtLeast, .ageAtMost, .notEarlier, .insideWindow: findingOfDays(condition)
        case .atLeast, .atMost, .insideRange, .textLength, .sumEquals: findingOfNumbers(condition)
        }
    }

    private func isFlag(_ field: FieldName, _ wanted: Bool) -> Finding {
        guard case .flag(let flag)? = facts[field] else { return .unknown([field]) }
        return flag == wanted ? .holds : fails(field, zh: "不符合要求", en: "it does not have the required value", ["\(wanted)"])
    }

    private func given(_ fields: [FieldName]) -> Finding {
        let missing = fields.filter { !isGiven($0) }
        guard !missing.isEmpty else { return .holds }
        let names = missing.map(\.description).joined(separator: ", ")
        return .fails(
            Comparison([RefusalNumber(name: "missing", value: .text(names), unit: .code)], zh: "缺少 \(names)", en: "\(names) is missing"))
    }

    private func isGiven(_ field: FieldName) -> Bool {
        switch facts[field] {
        case nil: false
        case .text(let text)?: text.contains { !$0.isWhitespace }
        case .names(let names)?: !names.isEmpty
        case .count(let count)?: count > 0
        case .records(let records)?: !records.isEmpty
        case .amount?, .date?, .flag?: true
        }
    }

    /// Holds if one part holds; unknown if no part holds and one is unknown.
    private func anyOf(_ parts: [Condition]) -> Finding {
        var unknown: [FieldName] = []
        var comparisons: [Comparison] = []
        for part in parts {
            switch finding(part) {
            case .holds: return .holds
            case .unknown(let fields): unknown += fields
            case .fails(let comparison): comparisons.append(comparison)
            }
        }
        return unknown.isEmpty ? .fails(joined(comparisons, zh: "；且", en: "; and ")) : .unknown(unknown)
    }

    /// Fails if one part fails; unknown if no part fails and one is unknown.
    private func allOf(_ parts: [Condition]) -> Finding {
        var unknown: [FieldName] = []
        var comparisons: [Comparison] = []
        for part in parts {
            switch finding(part) {
            case .holds: break
            case .unknown(let fields): unknown += fields
            case .fails(let comparison): comparisons.append(comparison)
            }
        }
        guard comparisons.isEmpty else { return .fails(joined(comparisons, zh: "；", en: "; ")) }
        return unknown.isEmpty ? .holds : .unknown(unknown)
    }

    private func not(_ part: Condition) -> Finding {
        switch finding(part) {
        case .fails: return .holds
        case .unknown(let fields): return .unknown(fields)
        case .holds:
            let numbers = part.fields.compactMap { field in facts[field]?.number(field.description) }
            return .fails(Comparison(numbers, zh: "属于不允许的情形", en: "the excluded condition applies"))
        }
    }

    private func joined(_ comparisons: [Comparison], zh: String, en: String) -> Comparison {
        Comparison(
            comparisons.flatMap(\.numbers), zh: comparisons.map(\.text.zh).joined(separator: zh),
            en: comparisons.map(\.text.en).joined(separator: en))
    }

    private func judged(_ question: LocalisedText) -> Finding {
        guard case .flag(let answer)? = facts[.judgement(rule)] else { return .unknown([.judgement(rule)]) }
        return answer ? .holds : .fails(Comparison([], zh: "评审认定为否：\(question.zh)", en: "the reviewer answered no: \(question.en)"))
    }

    private func equal(_ pairs: [FieldPair]) -> Finding {
        let unknown = pairs.flatMap { [$0.left, $0.right] }.filter { facts[$0] == nil }
        let differing = pairs.filter { pair in
            guard let left = facts[pair.left], let right = facts[pair.right] else { return false }
            return !left.saysTheSame(as: right)
        }
        guard !differing.isEmpty else { return unknown.isEmpty ? .holds : .unknown(unknown) }
        let numbers = differing.flatMap { pair in [pair.left, pair.right].compactMap { name in facts[name]?.number(name.description) } }
        return .fails(
            Comparison(
                numbers, zh: differing.map { "\($0.left) 与 \($0.right) 不一致" }.joined(separator: "；"),
                en: differing.map { "\($0.left) differs from \($0.right)" }.joined(separator: "; ")))
    }

    private func text(_ field: FieldName, _ ask: (String) -> Finding) -> Finding {
        guard case .text(let text)? = facts[field] else { return .unknown([field]) }
        return ask(text)
    }

    private func names(_ field: FieldName, _ ask: (Set<String>) -> Finding) -> Finding {
        guard case .names(let names)? = facts[field] else { return .unknown([field]) }
        return ask(names)
    }

    private func fails(_ field: FieldName, zh: String, en: String, _ expected: [String]) -> Finding {
        var numbers = facts[field].map { [$0.number(field.description)] } ?? []
        if !expected.isEmpty {
            numbers.append(RefusalNumber(name: "expected", value: .text(expected.joined(separator: ", ")), unit: .code))
        }
        return .fails(Comparison(numbers, zh: zh, en: en))
    }
}

extension FactValue {
    /// Compares texts to the letter, except for whitespace at the edges and the Unicode form of a letter (canonical equivalence, UAX 15).
    fileprivate func saysTheSame(as other: FactValue) -> Bool {
        guard case .text(let left) = self, case .text(let right) = other else { return self == other }
        return Self.trimmed(left) == Self.trimmed(right)
    }

    private static func trimmed(_ text: String) -> Substring {
        let start = text.drop { $0.isWhitespace }
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}

extension Programme {
    /// Whether a division contains another. It contains those whose codes have its prefix without trailing zeros: 110000 contains 110105, 440100
    /// contains 440106.
    public static func lies(_ code: String, in division: String) -> Bool {
        var stem = division[...]
        while stem.hasSuffix("00"), stem.count > 2 { stem = stem.dropLast(2) }
        return code.count == division.count && code.hasPrefix(stem)
    }
}
