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
            ("sizeCertified", .flag, .any),
        ],
        "institution": [
            ("creditCode", .text, .any), ("name", .text, .any), ("registeredDivision", .text, .any),
            ("isLegalPerson", .flag, .any), ("establishedOn", .date, .any), ("lists", .names, .lists),
            ("negativeRecords", .records, .any), ("qualifications", .names, .qualifications), ("appliedServices", .names, .services),
            ("appliedCategories", .names, .categories),
        ],
        "product": [
            ("name", .text, .any), ("category", .text, .categories), ("service", .text, .services), ("guideLow", .amount, .any),
            ("guideHigh", .amount, .any), ("averagePrice", .amount, .any), ("isListed", .flag, .any),
        ],
        "order": [
            ("number", .text, .any), ("placedOn", .date, .any), ("firstPlacedOn", .date, .any), ("productName", .text, .any),
            ("voucher", .amount, .any), ("enterpriseName", .text, .any), ("institutionName", .text, .any), ("otherSubsidies", .names, .any),
            ("isRated", .flag, .any),
        ],
        "claim": [("amount", .amount, .any), ("claimedOn", .date, .any)],
        "redemption": [("amount", .amount, .any), ("appliedOn", .date, .any), ("decidedOn", .date, .any)],
        "parties": [("areTied", .flag, .any)],
    ]
}
