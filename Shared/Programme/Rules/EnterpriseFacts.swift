public import Kernel

/// What `identity` knows of an enterprise, typed, for rules about who may.
public struct EnterpriseFacts: Sendable, Hashable, Codable {
    /// The unified social credit code.
    public var creditCode: CreditCode
    /// Which kind of beneficiary it is, by the programme's names.
    public var beneficiary: String
    /// The division it is registered in now.
    public var registeredDivision: String
    /// Its size; nil while it is not classified.
    public var sizeClass: SizeClass?
    /// Whether it is a legal person of its own.
    public var isLegalPerson: Bool?
    /// When it was set up.
    public var establishedOn: CalendarDate?
    /// Its group of industries.
    public var industryGroup: IndustryGroup?
    /// The lists it is on, by the programme's names; nil while nobody has looked.
    public var lists: Set<String>?
    /// Serious entries in credit registers; nil while nobody has looked.
    public var negativeRecords: [DatedRecord]?
    /// What it has declared, by the programme's names.
    public var declarations: Set<String>

    /// Facts about an enterprise; what is left out is not known.
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

    /// The same as facts that rules are asked with.
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
