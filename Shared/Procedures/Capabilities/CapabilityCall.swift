import Foundation
import Kernel
import Programme

/// What a capability gives: fields for the record, and unique keys: what may serve one case only.
struct CapabilityResult: Sendable {
    /// Fields by name; nil removes a field.
    var fields: [FieldName: FactValue?] = [:]
    /// The unique keys that the case holds from now on; nil if they stay as they are.
    var uniqueKeys: Set<String>?

    /// Sets a field, or removes it.
    mutating func put(_ record: String, _ field: String, _ value: FactValue?) {
        fields.updateValue(value, forKey: FieldName(record, field))
    }
}

/// The circumstances of one computation for a step.
struct CapabilityCall: Sendable {
    let programme: Programme
    let reference: StepReference
    let step: Step
    /// The case, with the papers of this step and of earlier steps.
    let subject: ProcedureCase
    /// The facts about the case without its own record.
    let above: Facts
    /// The papers that are handed in with the step.
    let papers: [Paper]
    let related: any RelatedCases
    let circumstances: Circumstances

    /// The value of a field. A field of the case's own record is read from the case; any other field is read from the facts.
    /// A field that the case's own papers leave out has no value.
    private func value(_ record: String, _ field: String) -> FactValue? {
        let name = FieldName(record, field)
        if let own = subject.record[name] { return own }
        return subject.papers.contains { $0.document == record } ? nil : above[name]
    }

    /// Computes a capability. Throws its refusal.
    func result(of capability: Capability) throws(Refusal) -> CapabilityResult {
        switch capability {
        case .sizeClass: try sizeClass()
        case .orderNumber: try orderNumber()
        case .expectedVoucher: try expectedVoucher()
        case .contractVoucher: try contractVoucher()
        case .confirmedVoucher: try confirmedVoucher()
        case .disputedVoucher: try disputedVoucher()
        case .uniquePapers: try uniquePapers()
        case .netReceipts: netReceipts()
        case .calculatedSubsidy: try calculatedSubsidy()
        case .sameContract: try sameContract()
        case .determinedAmount: try determinedAmount()
        case .owedReturn: try owedReturn()
        case .receivedReturn: try receivedReturn()
        }
    }

    /// A refusal of the platform under the step's clauses.
    func refusal(_ rule: PlatformRule, _ message: LocalisedText? = nil) -> Refusal { step.citation.refusal(of: rule, message) }

    func today() throws(Refusal) -> CalendarDate {
        do { return try BeijingTime.date(at: circumstances.now) } catch { throw PlatformRule.commandOutsideTimeWindow.refusal() }
    }

    // The values of fields; nil if they are unknown or of another type.
    func text(_ record: String, _ field: String) -> String? {
        if case .text(let text)? = value(record, field) { text } else { nil }
    }
    func amount(_ record: String, _ field: String) -> Fen? {
        if case .amount(let fen)? = value(record, field) { fen } else { nil }
    }
    func count(_ record: String, _ field: String) -> Int64? {
        if case .count(let count)? = value(record, field) { count } else { nil }
    }
    func date(_ record: String, _ field: String) -> CalendarDate? {
        if case .date(let date)? = value(record, field) { date } else { nil }
    }
    func flag(_ record: String, _ field: String) -> Bool? {
        if case .flag(let flag)? = value(record, field) { flag } else { nil }
    }
    func names(_ record: String, _ field: String) -> Set<String>? {
        if case .names(let names)? = value(record, field) { names } else { nil }
    }

    static func date(_ facts: Facts, _ record: String, _ field: String) -> CalendarDate? {
        if case .date(let date)? = facts[FieldName(record, field)] { date } else { nil }
    }

    /// An amount that must be known; otherwise the refusal says which is missing.
    func required(_ record: String, _ field: String) throws(Refusal) -> Fen {
        guard let amount = amount(record, field) else {
            throw refusal(.malformedMessage).comparing("missing", "\(record).\(field)", .code)
        }
        return amount
    }
}

extension ProcedureCase {
    /// Adds what a capability gives.
    mutating func add(_ result: CapabilityResult) {
        for (name, value) in result.fields { record[name] = value }
        if let uniqueKeys = result.uniqueKeys { self.uniqueKeys = uniqueKeys }
    }
}

extension Citation {
    /// A refusal of the platform under these clauses.
    func refusal(of rule: PlatformRule, _ message: LocalisedText? = nil) -> Refusal {
        clauses.reduce(message.map { rule.refusal($0) } ?? rule.refusal()) { $0.under($1) }
    }
}
