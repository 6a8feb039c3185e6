import Kernel

/// Categories, forms, documents and paper rules.
extension ProgrammeReading {
    func readCategories(_ file: Group) -> [Category] {
        file.each("categories", "a category", keys: Group.cited + ["number", "domain", "services"]) { group in
            guard let id = group.id(.category) else { return nil }
            return Category(
                id: id, number: Int(group.required("number")?.integer(1...999, "number") ?? 0),
                domain: group.optional("domain")?.reference(.domain), title: group.title(), services: terms(group, "services", .service),
                citation: group.citation())
        }
    }

    func readForms(_ file: Group) -> [Form] {
        file.each("forms", "a form", keys: Group.cited + ["record", "at", "fields"]) { group in
            guard let id = group.id(.form), let record = group.required("record")?.name() else { return nil }
            return Form(
                id: id, title: group.title(), record: record, steps: group.required("at")?.list().compactMap { $0.step() } ?? [],
                fields: readFields(group, record), citation: group.citation())
        }
    }

    private static let fieldKeys =
        Group.cited + [
            "type", "starred", "leastCharacters", "mostCharacters", "least", "most", "leastYuan", "leastFen", "mostYuan", "mostFen",
            "options",
            "fixedAfterNotice",
        ]

    private func readFields(_ group: Group, _ record: String) -> [FormField] {
        var ids: Set<String> = []
        return group.each("fields", "a field", keys: Self.fieldKeys) { field in
            guard let item = field.required("id"), let id = item.name(),
                let type: FieldType = field.required("type")?.choice("type of field")
            else { return nil }
            if !context.names.give(field: FieldName(record, id), type) {
                item.fault("the field \(record).\(id) has another type elsewhere", "Give both the same type, or another name")
            } else if !ids.insert(id).inserted {
                item.fault("the record \(record) has a field \(id) already", "Give each its own name, or take one out")
            }
            return FormField(
                id: id, title: field.title(), type: type, isRequired: field.optional("starred")?.flag() ?? false,
                bounds: fieldBounds(field, type), options: options(field),
                isFixedAfterNotice: field.optional("fixedAfterNotice")?.flag() ?? false,
                citation: field.citation(mayBeEmpty: true))
        }
    }

    private func fieldBounds(_ group: Group, _ type: FieldType) -> FieldBounds {
        switch type {
        case .text: return bounds(group, "Characters")
        case .count, .rows, .files, .names: return bounds(group, "")
        case .amount: return FieldBounds(least: group.amount("least")?.rawValue, most: group.amount("most")?.rawValue)
        case .date, .flag, .records: return FieldBounds()
        }
    }

    /// Options are local to their field: two fields may have the same option.
    private func options(_ group: Group) -> [NamedTerm] {
        group.each("options", "an option", keys: Group.cited) { option in
            option.required("id")?.name().map { NamedTerm(id: $0, title: option.title(), citation: option.citation(mayBeEmpty: true)) }
        }
    }

    func readDocuments(_ file: Group) -> [Document] {
        let keys = Group.cited + ["by", "at", "need", "when", "leastCount", "fields", "yieldsTo", "anyOneOf"]
        return file.each("documents", "a document", keys: keys) { group in
            guard let id = group.id(.document), let by = group.required("by")?.reference(.role) else { return nil }
            return Document(
                id: id, title: group.title(), by: by, steps: group.required("at")?.list().compactMap { $0.step() } ?? [], need: need(group),
                leastCount: Int(group.optional("leastCount")?.integer(1...1000, "leastCount") ?? 1), fields: readFields(group, id),
                yieldsTo: group.optional("yieldsTo")?.reference(.document), anyOneOf: group.optional("anyOneOf")?.name(),
                citation: group.citation())
        }
    }

    private func need(_ group: Group) -> Document.Need {
        if let when = group.optional("when") { return nested(when).map { .when($0) } ?? .required }
        switch group.optional("need").map({ $0.text() }) {
        case nil, "required"?: return .required
        case "optional"?: return .optional
        default:
            group.item.fault("a document is required or optional", "Write `need: required`, `need: optional` or `when:` with a condition")
            return .required
        }
    }

    func readPaperRules(_ file: Group) -> [PaperRule] {
        let keys = Group.refusing + ["kind", "formats", "megabytes", "pattern", "documents"]
        return file.each("paperRules", "a rule for papers", keys: keys) { group in
            guard let id = group.id(.paperRule), let kind = paperKind(group) else { return nil }
            return PaperRule(
                id: id, title: group.title(), kind: kind, documents: group.optional("documents")?.references(.document) ?? [],
                citation: group.citation(), wording: group.wording())
        }
    }

    private func paperKind(_ group: Group) -> PaperRule.Kind? {
        guard let item = group.required("kind"), let kind = item.text() else { return nil }
        switch kind {
        case "sealed": return .sealed
        case "one-file-each": return .oneFileEach
        case "formats": return group.required("formats").map { .formats($0.names()) }
        case "size": return group.required("megabytes")?.integer(1...1024, "megabytes").map { .size(bytes: $0 << 20) }
        case "folder": return group.required("pattern")?.text().map { .folder($0) }
        default:
            item.fault(
                "there is no kind of paper rule \"\(kind.prefix(40))\"",
                didYouMean(kind, ["sealed", "formats", "size", "one-file-each", "folder"]))
            return nil
        }
    }
}
