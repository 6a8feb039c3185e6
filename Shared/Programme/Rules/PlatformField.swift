/// The platform's own facts, for every programme; a programme's forms and documents add more.
enum PlatformField {
    /// The set of names allowed for a field, so that a misspelt name is found when the file is loaded.
    enum Names {
        case any, lists, qualifications, categories, services, sizeClasses, beneficiaries, industryGroups
    }

    static let all: [FieldName: (type: FieldType, names: Names)] = {
        var all: [FieldName: (type: FieldType, names: Names)] = [:]
        for (record, fields) in table {
            for (field, type, names) in fields { all[FieldName(record, field)] = (type, names) }
        }
        return all
    }()

    private static let table: [String: [(String, FieldType, Names)]] = [
        "enterprise": [
            ("creditCode", .text, .any), ("name", .text, .any), ("beneficiary", .text, .beneficiaries),
            ("registeredDivision", .text, .any), ("sizeClass", .text, .sizeClasses), ("isLegalPerson", .flag, .any),
            ("establishedOn", .date, .any), ("industryGroup", .text, .industryGroups), ("lists", .names, .lists),
            ("negativeRecords", .records, .any), ("declarations", .names, .any), ("otherSubsidies", .names, .any),
            ("sizeCertified", .flag, .any), ("tier", .text, .any),
        ],
        "institution": [
            ("creditCode", .text, .any), ("name", .text, .any), ("registeredDivision", .text, .any),
            ("isLegalPerson", .flag, .any), ("establishedOn", .date, .any), ("lists", .names, .lists),
            ("negativeRecords", .records, .any), ("qualifications", .names, .qualifications), ("appliedServices", .names, .services),
            ("appliedCategories", .names, .categories),
        ],
        "product": [
            ("name", .text, .any), ("category", .text, .categories), ("service", .text, .services), ("guideLow", .amount, .any),
            ("guideHigh", .amount, .any), ("averagePrice", .amount, .any), ("isListed", .flag, .any), ("vouchers", .count, .any),
        ],
        "order": [
            ("number", .text, .any), ("placedOn", .date, .any), ("firstPlacedOn", .date, .any), ("productName", .text, .any),
            ("voucher", .amount, .any), ("enterpriseName", .text, .any), ("institutionName", .text, .any), ("otherSubsidies", .names, .any),
            ("isRated", .flag, .any), ("agreed", .amount, .any), ("ordered", .amount, .any), ("pending", .amount, .any),
            ("confirmed", .amount, .any),
        ],
        "claim": [("amount", .amount, .any), ("claimedOn", .date, .any)],
        "redemption": [("amount", .amount, .any), ("appliedOn", .date, .any), ("decidedOn", .date, .any), ("calculated", .amount, .any)],
        "payout": [
            ("owed", .amount, .any), ("refund", .amount, .any), ("returned", .amount, .any), ("received", .amount, .any),
        ],
        "batch": [("amount", .amount, .any)],
        "parties": [("areTied", .flag, .any)],
    ]
}

extension Programme {
    /// The type of a field of a form, a document or the platform, of a kept or a collected field; nil if there is none.
    public func type(of field: FieldName) -> FieldType? {
        if let form = forms.first(where: { $0.record == field.record && $0.fields.contains { $0.id == field.field } }) {
            return form.fields.first { $0.id == field.field }?.type
        }
        if let own = document(field.record)?.fields.first(where: { $0.id == field.field }) { return own.type }
        if let platform = PlatformField.all[field] { return platform.type }
        if let source = procedure(field.record)?.keeps[field] { return type(of: source) }
        if let collected = collected.first(where: { $0.id == field }) { return collected.field.map { type(of: $0) } ?? .count }
        return field.field == "state" && procedure(field.record) != nil ? .text : nil
    }
}
