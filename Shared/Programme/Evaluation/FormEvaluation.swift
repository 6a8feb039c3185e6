public import Kernel

extension Programme {
    /// All faults of a filled form: missing required fields, values outside their bounds, unknown options. In the order
    /// of the fields.
    public func refusals(of form: Form, _ facts: Facts) -> [Refusal] {
        form.fields.compactMap { field in
            field.complaint(facts[FieldName(form.record, field.id)]).map { complaint in
                let citation = Citation(form.citation.clauses + field.citation.clauses, readings: field.citation.readings)
                let message = LocalisedText(zh: "\(field.title.zh)：\(complaint.text.zh)", en: "\(field.title.en): \(complaint.text.en)")
                let refusal = citation.refusal(slug: "form-\(form.id)-\(field.id.lowercased())", message: message, remedy: nil)
                return complaint.numbers.reduce(refusal) { $0.comparing($1.name, $1.value, $1.unit) }
            }
        }
    }

    /// The papers missing at a step, given the number of each kind. Of a group of alternatives, one is enough.
    public func missingDocuments(
        at step: StepReference, counts: [String: Int], _ facts: Facts, _ circumstances: Circumstances
    ) -> [Refusal] {
        missing(of: documents.filter { $0.steps.contains(step) }, counts: counts, facts, circumstances)
    }

    /// The missing ones of some papers, given the number of each kind.
    public func missing(of documents: [Document], counts: [String: Int], _ facts: Facts, _ circumstances: Circumstances) -> [Refusal] {
        let asked = documents.filter { isNeeded($0, facts, circumstances) }
        let short = asked.filter { (counts[$0.id] ?? 0) < $0.leastCount }
        let metGroups = Set(asked.filter { (counts[$0.id] ?? 0) >= $0.leastCount }.compactMap(\.anyOneOf))
        return short.filter { document in document.anyOneOf.map { !metGroups.contains($0) } ?? true }.map { document in
            document.citation.refusal(
                slug: "document-\(document.id)-missing",
                message: LocalisedText(zh: "缺少材料：\(document.title.zh)。", en: "A paper is missing: \(document.title.en)."),
                remedy: LocalisedText(zh: "请上传该材料。", en: "Upload it.")
            )
            .comparing("given", counts[document.id] ?? 0, .count).comparing("least", document.leastCount, .count)
        }
    }

    private func isNeeded(_ document: Document, _ facts: Facts, _ circumstances: Circumstances) -> Bool {
        switch document.need {
        case .required: return true
        case .optional: return false
        case .when(let condition):
            let asking = ConditionAsking(programme: self, facts: facts, circumstances: circumstances, rule: document.id)
            // If the condition is unknown the paper is required, because a superfluous paper does less harm than a missing one.
            if case .fails = asking.finding(condition) { return false }
            return true
        }
    }
}

extension FormField {
    fileprivate func complaint(_ value: FactValue?) -> Comparison? {
        guard let value, !value.isEmpty else {
            return isRequired ? Comparison([], zh: "为必填项", en: "it must be filled in") : nil
        }
        guard value.fits(type) else { return Comparison([value.number(id)], zh: "格式不正确", en: "it must be of type \(type.rawValue)") }
        if let unknown = value.chosen.first(where: { name in !options.isEmpty && !options.contains { $0.id == name } }) {
            return Comparison([FactValue.text(unknown).number(id)], zh: "没有该选项", en: "there is no such option")
        }
        guard let size = value.size, size < bounds.least ?? Int64.min || size > bounds.most ?? Int64.max else { return nil }
        var numbers = [RefusalNumber(name: id, value: .integer(size), unit: unit)]
        if let least = bounds.least { numbers.append(RefusalNumber(name: "least", value: .integer(least), unit: unit)) }
        if let most = bounds.most { numbers.append(RefusalNumber(name: "most", value: .integer(most), unit: unit)) }
        return Comparison(numbers, zh: "超出允许的范围", en: "it is outside its bounds")
    }

    private var unit: RefusalUnit {
        switch type {
        case .text: .characters
        case .amount: .fen
        case .names, .count, .date, .flag, .records, .rows, .files: .count
        }
    }
}

extension FactValue {
    fileprivate var isEmpty: Bool {
        switch self {
        case .text(let text): !text.contains { !$0.isWhitespace }
        case .names(let names): names.isEmpty
        case .count, .amount, .date, .flag, .records: false
        }
    }

    fileprivate func fits(_ type: FieldType) -> Bool {
        switch (self, type) {
        case (.text, .text), (.names, .names), (.count, .count), (.count, .rows), (.count, .files), (.amount, .amount), (.date, .date),
            (.flag, .flag), (.records, .records):
            true
        default: false
        }
    }

    /// The size to which bounds apply: characters, names, items, fen.
    fileprivate var size: Int64? {
        switch self {
        case .text(let text): Int64(text.count)
        case .names(let names): Int64(names.count)
        case .count(let count): count
        case .amount(let amount): amount.rawValue
        case .date, .flag, .records: nil
        }
    }

    fileprivate var chosen: [String] {
        switch self {
        case .text(let text): [text]
        case .names(let names): names.sorted()
        case .count, .amount, .date, .flag, .records: []
        }
    }
}
