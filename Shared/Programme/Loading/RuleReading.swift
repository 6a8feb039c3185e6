import Kernel

/// Rules and their conditions.
extension ProgrammeReading {
    private static let ruleKeys = Group.refusing + ["kind", "at", "when", "categories", "beneficiaries", "effect", "excusableBy"]
    private static let anyKindKeys = Array(Set(ConditionKind.allCases.flatMap(\.keys))).sorted()

    /// Eligibility, admission and checks are one list of rules; the file separates them for readability.
    func readRules(_ file: Group) -> [Rule] {
        ["eligibility", "admission", "checks"].flatMap { section in
            file.optional(section)?.list().compactMap(rule) ?? []
        }
    }

    private func rule(_ item: Item) -> Rule? {
        guard let group = conditionGroup(item, "a rule", keys: Self.ruleKeys), let id = group.id(.rule), let condition = condition(group),
            let steps = group.required("at")?.list().compactMap({ $0.step() })
        else { return nil }
        return Rule(
            id: id, title: group.title(), condition: condition, when: group.optional("when").flatMap(nested), steps: steps,
            categories: group.optional("categories")?.references(.category) ?? [],
            beneficiaries: group.optional("beneficiaries")?.references(.beneficiary) ?? [],
            effect: group.has("effect") ? group.optional("effect")?.choice("effect") ?? .refuse : .refuse,
            excusableBy: group.optional("excusableBy")?.references(.role) ?? [], citation: group.citation(), wording: group.wording())
    }

    /// A group whose keys depend on its kind. If the kind is unknown, only that is reported, not its keys.
    private func conditionGroup(_ item: Item, _ what: String, keys: [String]) -> Group? {
        let kind = item.tree.entry("kind").flatMap { $0.value.scalar }.flatMap(ConditionKind.init(rawValue:))
        return Group(item, what, keys: keys + (kind?.keys ?? Self.anyKindKeys))
    }

    /// A nested condition, or one under `when`.
    func nested(_ item: Item) -> Condition? {
        conditionGroup(item, "a condition", keys: ["kind"]).flatMap(condition)
    }

    private func condition(_ group: Group) -> Condition? {
        guard let kind: ConditionKind = group.required("kind")?.choice("kind of condition") else { return nil }
        switch kind {
        case .inDivision:
            return with(field(group, [.text]), group.required("divisions")?.list().compactMap { $0.division() }) { .inDivision($0, $1) }
        case .oneOf: return values(group, [.text]) { .oneOf($0, $1) }
        case .holdsAny: return values(group, [.names]) { .holdsAny($0, $1) }
        case .holdsAll: return values(group, [.names]) { .holdsAll($0, $1) }
        case .holdsNone: return values(group, [.names]) { .holdsNone($0, $1) }
        case .holdsAtMostOne: return values(group, [.names]) { .holdsAtMostOne($0, $1) }
        case .codePrefix: return codePrefix(group)
        case .isFlag: return with(field(group, [.flag]), group.required("value")?.flag()) { .isFlag($0, $1) }
        case .given: return group.required("fields").map { .given($0.list().compactMap { $0.field(Set(FieldType.allCases)) }) }
        case .cleanRecord:
            let kinds = group.optional("kinds")?.names() ?? []
            return with(field(group, [.records]), years(group)) { .cleanRecord($0, years: $1, kinds: kinds) }
        case .ageAtLeast: return with(field(group, [.date]), years(group)) { .ageAtLeast($0, years: $1) }
        case .ageAtMost: return with(field(group, [.date]), years(group)) { .ageAtMost($0, years: $1) }
        case .textLength: return field(group, [.text]).map { .textLength($0, bounds(group, "Characters")) }
        case .judged: return group.required("question").flatMap(question).map { .judged($0) }
        case .anyOf: return group.required("conditions").map { .anyOf($0.list().compactMap(nested)) }
        case .allOf: return group.required("conditions").map { .allOf($0.list().compactMap(nested)) }
        case .not: return group.required("condition").flatMap(nested).map { .not($0) }
        case .atLeast, .atMost, .insideRange, .notEarlier, .insideWindow, .equal, .sumEquals: return comparison(kind, group)
        }
    }

    private func comparison(_ kind: ConditionKind, _ group: Group) -> Condition? {
        switch kind {
        case .atLeast: return with(field(group, comparable(group)), operand(group)) { .atLeast($0, $1) }
        case .atMost: return with(field(group, comparable(group)), operand(group)) { .atMost($0, $1) }
        case .insideRange:
            return with(field(group, [.amount]), pair(group, "low", "high", [.amount])) { .insideRange($0, low: $1.left, high: $1.right) }
        case .notEarlier: return with(field(group, [.date]), group.required("than")?.field([.date])) { .notEarlier($0, than: $1) }
        case .insideWindow:
            return with(field(group, [.date]), group.required("window")?.reference(.window)) { .insideWindow($0, window: $1) }
        case .equal: return group.required("pairs").map { .equal($0.list().compactMap(equalPair)) }
        case .sumEquals:
            let parts = group.required("parts")?.list().compactMap { $0.field([.amount]) }
            return with(parts, group.required("total")?.field([.amount])) { .sumEquals($0, total: $1) }
        default: return nil
        }
    }

    /// Money is comparable only with money, and counts only with counts.
    private func comparable(_ group: Group) -> Set<FieldType> {
        if group.has("count") { return [.count, .rows, .files] }
        if ["yuan", "fen", "share", "rest"].contains(where: group.has) { return [.amount] }
        return Set(FieldType.allCases.filter(\.isNumber))
    }

    private func with<First, Second>(_ first: First?, _ second: Second?, _ make: (First, Second) -> Condition) -> Condition? {
        guard let first, let second else { return nil }
        return make(first, second)
    }

    private func field(_ group: Group, _ types: Set<FieldType>) -> FieldName? { group.required("field")?.field(types) }
    private func years(_ group: Group) -> Int? { group.required("years")?.integer(1...100, "years").map { Int($0) } }

    private func values(_ group: Group, _ types: Set<FieldType>, _ make: (FieldName, [String]) -> Condition) -> Condition? {
        guard let field = field(group, types), let items = group.required("values")?.list() else { return nil }
        let values = items.compactMap { item in item.text().map { (text: $0, place: item.place) } }
        context.names.use(values: values, of: field)
        return make(field, values.map(\.text))
    }

    private func codePrefix(_ group: Group) -> Condition? {
        guard let field = field(group, [.text]) else { return nil }
        let allowed = group.optional("allowed")?.names() ?? []
        let excluded = group.optional("excluded")?.names() ?? []
        if allowed.isEmpty, excluded.isEmpty {
            group.item.fault("a code-prefix allows and excludes nothing", "Write `allowed:` or `excluded:`")
        }
        return .codePrefix(field, allowed: allowed, excluded: excluded)
    }

    private func operand(_ group: Group) -> Operand? {
        let given = ["count", "yuan", "fen", "other", "share", "rest"].filter(group.has)
        guard given.count == 1 else {
            group.item.fault(
                given.isEmpty ? "there is no operand to compare with" : "there are \(given.joined(separator: " and ")) to compare with",
                "Write one of count, yuan, fen, other, share, rest")
            return nil
        }
        switch given[0] {
        case "count": return group.optional("count")?.integer(0...Int64.max, "count").map { .count($0) }
        case "yuan", "fen": return group.amount("").map { .amount($0) }
        case "other": return otherOperand(group)
        case "share": return group.optional("share").flatMap(shareOperand)
        default: return group.optional("rest").flatMap { Group($0, "a rest", keys: ["of", "less"]) }.flatMap { restOperand($0) }
        }
    }

    private func otherOperand(_ group: Group) -> Operand? {
        let numbers = Set(FieldType.allCases.filter(\.isNumber))
        guard let item = group.optional("other"), let other = item.field(numbers) else { return nil }
        if let field = group.optional("field")?.tree.scalar.flatMap({ FieldName($0) }) {
            context.names.use(pair: FieldPair(field, other), item.place)
        }
        return .field(other)
    }

    private func shareOperand(_ item: Item) -> Operand? {
        guard let group = Group(item, "a share", keys: ["basisPoints", "of"]), group.required("basisPoints") != nil,
            let share = group.share("basisPoints"), let field = group.required("of")?.field([.amount])
        else { return nil }
        return .share(share, of: field)
    }

    private func restOperand(_ group: Group) -> Operand? {
        pair(group, "of", "less", [.amount]).map { .rest(of: $0.left, less: $0.right) }
    }

    private func pair(_ group: Group, _ left: String, _ right: String, _ types: Set<FieldType>) -> FieldPair? {
        guard let left = group.required(left)?.field(types), let right = group.required(right)?.field(types) else { return nil }
        return FieldPair(left, right)
    }

    private func equalPair(_ item: Item) -> FieldPair? {
        let fields = item.list()
        guard fields.count == 2 else {
            item.fault("a pair has two fields", "Write it like [contract.productName, order.productName]")
            return nil
        }
        let any = Set(FieldType.allCases)
        guard let left = fields[0].field(any), let right = fields[1].field(any) else { return nil }
        context.names.use(pair: FieldPair(left, right), item.place)
        return FieldPair(left, right)
    }

    private func question(_ item: Item) -> LocalisedText? { Group(item, "a question", keys: ["zh", "en"])?.title() }

    /// The bounds under `least<Unit>` and `most<Unit>`.
    func bounds(_ group: Group, _ unit: String) -> FieldBounds {
        let bounds = FieldBounds(
            least: group.optional("least" + unit)?.integer(0...Int64.max, "least" + unit),
            most: group.optional("most" + unit)?.integer(0...Int64.max, "most" + unit))
        if let least = bounds.least, let most = bounds.most, least > most {
            group.item.fault("the least is \(least), more than the most, \(most)", "Swap them")
        }
        return bounds
    }
}
