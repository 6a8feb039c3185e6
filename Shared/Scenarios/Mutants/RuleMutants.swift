import Kernel
import Programme

extension MutantMaker {
    mutating func makeRuleMutants() {
        for (index, rule) in programme.rules.enumerated() {
            let path = "rules.\(rule.id)"
            let owners = owners(of: rule.steps)
            add(path, "dropped", rule.citation, owners: owners) { $0.rules.remove(at: index) }
            add(path, "negated", rule.citation, owners: owners) { $0.rules[index].condition = .not(rule.condition) }
            add(path, "the other effect", rule.citation, owners: owners) {
                $0.rules[index].effect = rule.effect == .prefer ? .refuse : .prefer
            }
            if rule.when != nil {
                add(path, "without its condition `when`", rule.citation, owners: owners) { $0.rules[index].when = nil }
            }
            for (step, reference) in rule.steps.enumerated() where rule.steps.count > 1 {
                add(path, "not at \(reference)", rule.citation, owners: self.owners(of: [reference])) {
                    $0.rules[index].steps.remove(at: step)
                }
            }
            for (role, name) in rule.excusableBy.enumerated() {
                add(path, "not excusable by \(name)", rule.citation, owners: owners) { $0.rules[index].excusableBy.remove(at: role) }
            }
            for (category, name) in rule.categories.enumerated() where rule.categories.count > 1 {
                add(path, "not for \(name)", rule.citation, owners: owners) { $0.rules[index].categories.remove(at: category) }
            }
            for (what, condition) in rule.condition.neighbours {
                add(path, what, rule.citation, owners: owners) { $0.rules[index].condition = condition }
            }
            for (what, condition) in rule.when?.neighbours ?? [] {
                add(path, "when \(what)", rule.citation, owners: owners) { $0.rules[index].when = condition }
            }
        }
        for (index, collected) in programme.collected.enumerated() {
            let owners = Set([programme.procedure(collected.procedure)?.owner].compactMap(\.self))
            add("collected.\(collected.id)", "dropped", collected.citation, owners: owners) { $0.collected.remove(at: index) }
            for (place, name) in collected.same.enumerated() {
                add("collected.\(collected.id)", "not of the same \(name)", collected.citation, owners: owners) {
                    $0.collected[index].same.remove(at: place)
                }
            }
        }
    }
}

extension Condition {
    /// Conditions that differ in one number or one item.
    var neighbours: [(String, Condition)] {
        switch self {
        case .inDivision(let field, let codes): return lists(codes, "division") { .inDivision(field, $0) }
        case .oneOf(let field, let values): return lists(values, "value") { .oneOf(field, $0) }
        case .holdsAny(let field, let values): return lists(values, "value") { .holdsAny(field, $0) }
        case .holdsAll(let field, let values): return lists(values, "value") { .holdsAll(field, $0) }
        case .holdsNone(let field, let values): return lists(values, "value") { .holdsNone(field, $0) }
        case .holdsAtMostOne(let field, let values): return lists(values, "value") { .holdsAtMostOne(field, $0) }
        case .codePrefix(let field, let allowed, let excluded):
            return lists(allowed, "prefix") { .codePrefix(field, allowed: $0, excluded: excluded) }
                + lists(excluded, "excluded prefix") { .codePrefix(field, allowed: allowed, excluded: $0) }
        case .given(let fields): return lists(fields, "field") { .given($0) }
        case .cleanRecord(let field, let years, let kinds):
            return numbers(years, "years") { .cleanRecord(field, years: $0, kinds: kinds) }
                + lists(kinds, "kind") { .cleanRecord(field, years: years, kinds: $0) }
        case .ageAtLeast(let field, let years): return numbers(years, "years") { .ageAtLeast(field, years: $0) }
        case .ageAtMost(let field, let years): return numbers(years, "years") { .ageAtMost(field, years: $0) }
        case .atLeast(let field, let operand): return operand.neighbours.map { ($0.0, .atLeast(field, $0.1)) }
        case .atMost(let field, let operand): return operand.neighbours.map { ($0.0, .atMost(field, $0.1)) }
        case .equal(let pairs): return lists(pairs, "pair", name: { "\($0.left)" }) { .equal($0) }
        case .sumEquals(let parts, let total): return lists(parts, "part") { .sumEquals($0, total: total) }
        case .anyOf(let conditions):
            return nested(conditions) { .anyOf($0) } + [("all in place of any", .allOf(conditions))]
        case .allOf(let conditions):
            return nested(conditions) { .allOf($0) } + [("any in place of all", .anyOf(conditions))]
        case .not(let condition): return condition.neighbours.map { ($0.0, .not($0.1)) }
        case .isFlag(let field, let value): return [("the other value", .isFlag(field, !value))]
        case .insideRange, .textLength, .notEarlier, .insideWindow, .judged: return []
        }
    }

    private func numbers(_ number: Int, _ unit: String, _ make: (Int) -> Condition) -> [(String, Condition)] {
        [("\(number + 1) \(unit)", make(number + 1))] + (number > 1 ? [("\(number - 1) \(unit)", make(number - 1))] : [])
    }

    private func lists<Value: CustomStringConvertible>(_ values: [Value], _ what: String, _ make: ([Value]) -> Condition) -> [(
        String, Condition
    )] { lists(values, what, name: \.description, make) }

    private func lists<Value>(
        _ values: [Value], _ what: String, name: (Value) -> String, _ make: ([Value]) -> Condition
    ) -> [(String, Condition)] {
        guard values.count > 1 else { return [] }
        return values.indices.map { ("without the \(what) \(name(values[$0]))", make(values.without($0))) }
    }

    private func nested(_ conditions: [Condition], _ make: ([Condition]) -> Condition) -> [(String, Condition)] {
        conditions.indices.flatMap { index -> [(String, Condition)] in
            let inner = conditions[index].neighbours.map { what, condition -> (String, Condition) in
                var copy = conditions
                copy[index] = condition
                return ("part \(index + 1): \(what)", make(copy))
            }
            return inner + (conditions.count > 1 ? [("without part \(index + 1)", make(conditions.without(index)))] : [])
        }
    }
}

extension Operand {
    fileprivate var neighbours: [(String, Operand)] {
        switch self {
        case .count(let count): return [("\(count + 1)", .count(count + 1))] + (count > 0 ? [("\(count - 1)", .count(count - 1))] : [])
        case .amount(let fen):
            return [("one fen more", .amount(Fen(fen.rawValue + 1))), ("one fen less", .amount(Fen(fen.rawValue - 1)))]
        case .share(let share, let of):
            return [("one basis point more", Int64(1)), ("one basis point less", -1)].compactMap { what, step in
                (try? BasisPoints(share.rawValue + step)).map { (what, .share($0, of: of)) }
            }
        case .field, .rest: return []
        }
    }
}
