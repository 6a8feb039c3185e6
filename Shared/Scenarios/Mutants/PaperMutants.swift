import Programme

extension MutantMaker {
    mutating func makePaperMutants() {
        for (index, form) in programme.forms.enumerated() {
            let path = "forms.\(form.id)"
            let owners = owners(of: form.steps)
            for (step, reference) in form.steps.enumerated() where form.steps.count > 1 {
                add(path, "not at \(reference)", form.citation, owners: self.owners(of: [reference])) {
                    $0.forms[index].steps.remove(at: step)
                }
            }
            for (place, field) in form.fields.enumerated() {
                makeFieldMutants(path, field, Self.both(form.citation, field.citation), owners) { programme, change in
                    guard let changed = change(field) else { return programme.forms[index].fields.remove(at: place).discard() }
                    programme.forms[index].fields[place] = changed
                }
            }
        }
        for (index, document) in programme.documents.enumerated() { makeMutants(of: document, index) }
        for (index, rule) in programme.paperRules.enumerated() {
            let documents = programme.documents.filter { rule.documents.isEmpty || rule.documents.contains($0.id) }
            add("paperRules.\(rule.id)", "dropped", rule.citation, owners: owners(of: documents.flatMap(\.steps))) {
                $0.paperRules.remove(at: index)
            }
            for (place, name) in rule.documents.enumerated() where rule.documents.count > 1 {
                add("paperRules.\(rule.id)", "not for \(name)", rule.citation, owners: owners(of: programme.document(name)?.steps ?? [])) {
                    $0.paperRules[index].documents.remove(at: place)
                }
            }
            if case .size(let bytes) = rule.kind {
                for (what, step) in [("one byte more", Int64(1)), ("one byte less", -1)] {
                    add("paperRules.\(rule.id)", what, rule.citation, owners: owners(of: documents.flatMap(\.steps))) {
                        $0.paperRules[index].kind = .size(bytes: bytes + step)
                    }
                }
            }
        }
    }

    private mutating func makeMutants(of document: Document, _ index: Int) {
        let path = "documents.\(document.id)"
        let owners = owners(of: document.steps)
        add(path, "dropped", document.citation, owners: owners) { $0.documents.remove(at: index) }
        switch document.need {
        case .required: add(path, "optional", document.citation, owners: owners) { $0.documents[index].need = .optional }
        case .optional: add(path, "required", document.citation, owners: owners) { $0.documents[index].need = .required }
        case .when:
            add(path, "optional", document.citation, owners: owners) { $0.documents[index].need = .optional }
            add(path, "always required", document.citation, owners: owners) { $0.documents[index].need = .required }
        }
        for (step, reference) in document.steps.enumerated() where document.steps.count > 1 {
            add(path, "not at \(reference)", document.citation, owners: self.owners(of: [reference])) {
                $0.documents[index].steps.remove(at: step)
            }
        }
        add(path, "\(document.leastCount + 1) copies", document.citation, owners: owners) {
            $0.documents[index].leastCount = document.leastCount + 1
        }
        if document.leastCount > 1 {
            add(path, "\(document.leastCount - 1) copies", document.citation, owners: owners) {
                $0.documents[index].leastCount = document.leastCount - 1
            }
        }
        if document.anyOneOf != nil {
            add(path, "no alternative", document.citation, owners: owners) { $0.documents[index].anyOneOf = nil }
        }
        for (place, field) in document.fields.enumerated() {
            makeFieldMutants(path, field, Self.both(document.citation, field.citation), owners) { programme, change in
                guard let changed = change(field) else { return programme.documents[index].fields.remove(at: place).discard() }
                programme.documents[index].fields[place] = changed
            }
        }
    }

    private mutating func makeFieldMutants(
        _ path: String, _ field: FormField, _ citation: Citation, _ owners: Set<String>,
        _ put: @escaping (inout Programme, (FormField) -> FormField?) -> Void
    ) {
        let path = "\(path).\(field.id)"
        add(path, "dropped", citation, owners: owners) { put(&$0) { _ in nil } }
        func change(_ what: String, _ change: @escaping (inout FormField) -> Void) {
            add(path, what, citation, owners: owners) {
                put(&$0) { field in
                    var copy = field
                    change(&copy)
                    return copy
                }
            }
        }
        change(field.isRequired ? "not starred" : "starred") { $0.isRequired.toggle() }
        if let least = field.bounds.least {
            change("at least \(least + 1)") { $0.bounds.least = least + 1 }
            change("at least \(least - 1)") { $0.bounds.least = least - 1 }
        }
        if let most = field.bounds.most {
            change("at most \(most + 1)") { $0.bounds.most = most + 1 }
            change("at most \(most - 1)") { $0.bounds.most = most - 1 }
        }
        for (index, option) in field.options.enumerated() {
            change("without the option \(option.id)") { $0.options.remove(at: index) }
        }
    }

    private static func both(_ left: Citation, _ right: Citation) -> Citation {
        Citation(left.clauses + right.clauses, readings: left.readings + right.readings)
    }
}

extension FormField {
    /// The value is not used.
    fileprivate func discard() {}
}
