import Kernel

/// Conditions on numbers.
extension ConditionAsking {
    func findingOfNumbers(_ condition: Condition) -> Finding {
        switch condition {
        case .atLeast(let field, let operand):
            compare(field, operand) { $0 >= $1 ? nil : (zh: "至少应为", en: "it must be at least") }
        case .atMost(let field, let operand):
            compare(field, operand) { $0 <= $1 ? nil : (zh: "最多应为", en: "it must be at most") }
        case .insideRange(let field, let low, let high): insideRange(field, low, high)
        case .textLength(let field, let bounds): textLength(field, bounds)
        case .sumEquals(let parts, let total): sumEquals(parts, total)
        default: .holds
        }
    }

    private func compare(
        _ field: FieldName, _ operand: Operand, _ complaint: (Int64, Int64) -> (zh: String, en: String)?
    ) -> Finding {
        let unknown = ([field] + operand.fields).filter { facts[$0]?.plainNumber == nil }
        guard unknown.isEmpty, let value = facts[field], let number = value.plainNumber, let bound = bound(operand) else {
            return .unknown(unknown.isEmpty ? [field] : unknown)
        }
        guard let complaint = complaint(number, bound.plainNumber ?? 0) else { return .holds }
        return .fails(
            Comparison(
                [value.number(field.description), bound.number("bound")], zh: "实为 \(value.plainText)，\(complaint.zh) \(bound.plainText)",
                en: "it is \(value.plainText), and \(complaint.en) \(bound.plainText)"))
    }

    private func bound(_ operand: Operand) -> FactValue? {
        switch operand {
        case .count(let count): return .count(count)
        case .amount(let amount): return .amount(amount)
        case .field(let field): return facts[field]
        case .share(let share, let field): return amount(field).map { .amount($0.share(share)) }
        case .rest(let whole, let part):
            guard let whole = amount(whole), let part = amount(part) else { return nil }
            return (try? whole.subtracting(part)).map { .amount($0) }
        }
    }

    private func amount(_ field: FieldName) -> Fen? {
        guard case .amount(let amount)? = facts[field] else { return nil }
        return amount
    }

    private func insideRange(_ field: FieldName, _ low: FieldName, _ high: FieldName) -> Finding {
        guard let price = amount(field), let least = amount(low), let most = amount(high) else {
            return .unknown([field, low, high].filter { amount($0) == nil })
        }
        guard !(least <= price && price <= most) else { return .holds }
        return .fails(
            Comparison(
                [
                    FactValue.amount(price).number(field.description), FactValue.amount(least).number(low.description),
                    FactValue.amount(most).number(high.description),
                ], zh: "\(price) 不在 \(least) 至 \(most) 之间", en: "\(price) is not between \(least) and \(most)"))
    }

    private func textLength(_ field: FieldName, _ bounds: FieldBounds) -> Finding {
        guard case .text(let text)? = facts[field] else { return .unknown([field]) }
        let count = Int64(text.count)
        let isInside = count >= bounds.least ?? 0 && count <= bounds.most ?? Int64.max
        guard !isInside else { return .holds }
        var numbers = [RefusalNumber(name: field.description, value: .integer(count), unit: .characters)]
        if let least = bounds.least { numbers.append(RefusalNumber(name: "least", value: .integer(least), unit: .characters)) }
        if let most = bounds.most { numbers.append(RefusalNumber(name: "most", value: .integer(most), unit: .characters)) }
        return .fails(Comparison(numbers, zh: "实为 \(count) 字", en: "it has \(count) characters"))
    }

    private func sumEquals(_ parts: [FieldName], _ total: FieldName) -> Finding {
        let amounts = parts.compactMap(amount)
        guard amounts.count == parts.count, let whole = amount(total) else {
            return .unknown((parts + [total]).filter { amount($0) == nil })
        }
        let sum = try? Fen.sum(amounts)
        guard sum != whole else { return .holds }
        let numbers = (parts + [total]).compactMap { name in facts[name]?.number(name.description) }
        let spoken = sum?.description ?? "?"
        return .fails(Comparison(numbers, zh: "合计 \(spoken)，应为 \(whole)", en: "their sum is \(spoken), not \(whole)"))
    }
}
