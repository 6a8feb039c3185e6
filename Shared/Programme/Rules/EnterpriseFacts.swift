public import Kernel

/// The facts about an enterprise that `identity` knows, for eligibility rules.
public struct EnterpriseFacts: Sendable, Hashable, Codable {
    /// The unified social credit code.
    public var creditCode: CreditCode
    /// The kind of beneficiary, by its name in the programme.
    public var beneficiary: String
    /// The division in which it is registered now.
    public var registeredDivision: String
    /// Its size class; nil while it is not classified.
    public var sizeClass: SizeClass?
    /// Whether it is an independent legal person.
    public var isLegalPerson: Bool?
    /// The date of its establishment.
    public var establishedOn: CalendarDate?
    /// Its industry group.
    public var industryGroup: IndustryGroup?
    /// The lists that contain it, by their names in the programme; nil while unchecked.
    public var lists: Set<String>?
    /// Serious entries in credit registers; nil while unchecked.
    public var negativeRecords: [DatedRecord]?
    /// Its declarations, by their names in the programme.
    public var declarations: Set<String>

    /// Facts about an enterprise; omitted facts are unknown.
    public init(
        creditCode: CreditCode, beneficiary: String = "sme", registeredDivision: String, sizeClass: SizeClass? = nil,
        isLegalPerson: Bool? = nil, establishedOn: CalendarDate? = nil, industryGroup: IndustryGroup? = nil, lists: Set<String>? = nil,
        negativeRecords: [DatedRecord]? = nil, declarations: Set<String> = []
    ) {
        self.creditCode = creditCode
        self.beneficiary = beneficiary
        self.registeredDivision = registeredDivision
        self.sizeClass = sizeClass
        self.isLegalPerson = isLegalPerson
        self.establishedOn = establishedOn
        self.industryGroup = industryGroup
        self.lists = lists
        self.negativeRecords = negativeRecords
        self.declarations = declarations
    }

    /// The facts for evaluating rules.
    public var facts: Facts {
        Facts()
            .with("enterprise", "creditCode", .text(creditCode.text))
            .with("enterprise", "beneficiary", .text(beneficiary))
            .with("enterprise", "registeredDivision", .text(registeredDivision))
            .with("enterprise", "sizeClass", sizeClass.map { .text($0.rawValue) })
            .with("enterprise", "isLegalPerson", isLegalPerson.map { .flag($0) })
            .with("enterprise", "establishedOn", establishedOn.map { .date($0) })
            .with("enterprise", "industryGroup", industryGroup.map { .text($0.rawValue) })
            .with("enterprise", "lists", lists.map { .names($0) })
            .with("enterprise", "negativeRecords", negativeRecords.map { .records($0) })
            .with("enterprise", "declarations", .names(declarations))
    }
}
