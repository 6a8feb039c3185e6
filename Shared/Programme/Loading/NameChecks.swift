import Kernel

/// Checks that need all names of the file.
extension LoadContext {
    func checkNames() {
        for use in names.uses where names.given[use.key] == nil {
            log.error(
                use.place, "there is no \(use.key.kind.rawValue) \"\(use.key.name.prefix(64))\"",
                didYouMean(use.key.name, names.names(of: use.key.kind)))
        }
        for use in names.fieldUses { check(use) }
        for values in names.fieldValues { check(values) }
        for (pair, place) in names.fieldPairs { check(pair, place) }
    }

    private func check(_ pair: FieldPair, _ place: SourcePlace) {
        guard let left = names.type(of: pair.left), let right = names.type(of: pair.right), left != right else { return }
        log.error(
            place, "\(pair.left) holds \(left.rawValue) and \(pair.right) holds \(right.rawValue): they can never be equal",
            "Compare fields of one type")
    }

    private func check(_ use: NameTable.FieldUse) {
        guard let type = names.type(of: use.name) else {
            let ofRecord = names.fields.keys.filter { $0.record == use.name.record }
            let known = (ofRecord.isEmpty ? Array(names.fields.keys) : ofRecord).map(\.description).sorted()
            log.error(
                use.place, "there is no field \(use.name.description.prefix(64)) in a form, a document or the platform",
                didYouMean(use.name.description, known))
            return
        }
        guard !use.types.contains(type) else { return }
        let wanted = use.types.map(\.rawValue).sorted().joined(separator: " or ")
        log.error(
            use.place, "\(use.name) holds \(type.rawValue), and \(wanted) is needed here",
            "Take another field, or another kind of condition")
    }

    private func check(_ values: NameTable.FieldValues) {
        guard let known = known(for: values.field) else { return }
        for value in values.values where !known.contains(value.text) {
            log.error(value.place, "\(values.field) is never \"\(value.text.prefix(40))\"", didYouMean(value.text, known))
        }
    }

    /// The names allowed for a platform field; nil if any is allowed.
    private func known(for field: FieldName) -> [String]? {
        switch PlatformField.all[field]?.names {
        case nil, .any: nil
        case .lists: names.names(of: .list)
        case .qualifications: names.names(of: .qualification)
        case .categories: names.names(of: .category)
        case .services: names.names(of: .service)
        case .beneficiaries: names.names(of: .beneficiary)
        case .sizeClasses: SizeClass.allCases.map(\.rawValue)
        case .industryGroups: IndustryGroup.allCases.map(\.rawValue)
        }
    }

    /// Unused names usually remain from a removed or forgotten rule.
    func warnOfUnusedNames() {
        let kinds: [NameKind] = [.setting, .role, .list, .qualification, .window, .domain]
        for (key, place) in names.given where kinds.contains(key.kind) && !names.used.contains(key) {
            guard !isUsedAsValue(key) else { continue }
            log.warning(place, "nothing uses the \(key.kind.rawValue) \(key.name)", "Use it, or remove it")
        }
    }

    private func isUsedAsValue(_ key: NameTable.Key) -> Bool {
        names.fieldValues.contains { $0.values.contains { $0.text == key.name } }
    }
}
