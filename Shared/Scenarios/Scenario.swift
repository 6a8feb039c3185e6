public import Foundation
import Kernel
import Programme

/// A test of a programme that a person who knows the rules can write: given, when, then.
public struct Scenario: Sendable {
    /// The name.
    public let name: String
    /// The clauses that it holds.
    public let clauses: [String]
    /// The instant at which it begins.
    public let start: Date
    /// What has happened before; all of it must succeed.
    public let given: [ScenarioEvent]
    /// What happens.
    public let when: [ScenarioEvent]
    /// What is so afterwards.
    public let then: [ScenarioCheck]
    /// The people and organisations.
    public let cast: ScenarioCast
    /// Its position, "orders.yaml:12".
    public let place: ScenarioPlace
}

/// A position in a scenario file.
public struct ScenarioPlace: Sendable, Hashable, CustomStringConvertible {
    /// The file's name.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// "orders.yaml:12"
    public var description: String { "\(file):\(line)" }
}

/// The organisations and people of scenarios.
public struct ScenarioCast: Sendable {
    /// A person.
    struct Person: Sendable {
        let roles: Set<String>
        let organisation: String?
        let division: String?
    }

    /// The role of each organisation, and what registers say of it at the beginning.
    var organisations: [String: (role: String, register: Facts)] = [:]
    /// The people by name.
    var people: [String: Person] = [:]
}

/// One thing that happens.
public struct ScenarioEvent: Sendable {
    /// What happens.
    enum Kind: Sendable {
        /// A person takes a step.
        case take(StepReference, by: String, on: String, of: String?, input: ScenarioInput)
        /// A typed service answers.
        case answer(String, to: String, fields: [FieldName: ScenarioValue])
        /// The first or last day of a window is announced.
        case announce(window: String, opens: CalendarDate?, closes: CalendarDate?)
        /// A register changes.
        case register(organisation: String, role: String, fields: [FieldName: ScenarioValue])
        /// Only time passes.
        case wait
        /// Something must be so at this moment.
        case check(ScenarioCheck)
    }

    let kind: Kind
    /// The instant; nil for the instant of the event before.
    let at: Date?
    /// What must come of it.
    let expected: Expected
    let place: ScenarioPlace

    /// What must come of an event.
    enum Expected: Sendable, Hashable {
        /// It succeeds; the case is in that state afterwards, if one is named.
        case success(state: String?)
        /// It is refused by all of these reasons, and under all of these clauses.
        case refusal(slugs: [String], clauses: [String])
    }
}

/// What a person hands in.
struct ScenarioInput: Sendable {
    var fields: [FieldName: ScenarioValue] = [:]
    var papers: [ScenarioPaper] = []
    var without: Set<String> = []
    var refers: [String: String] = [:]
    var parties: [String: String] = [:]
    var reason: String?
    var judgements: [String: Bool] = [:]
    var excuses: [String: String] = [:]
    var versionSeen: Int64?
}

/// A paper that is handed in.
struct ScenarioPaper: Sendable {
    let document: String
    var file: String?
    var kind = "pdf"
    var bytes: Int64 = 1000
    var isSealed = true
    var isOwn = true
    var folder: String?
    var fields: [String: ScenarioValue] = [:]
}

/// A value of a field: written down, or that of another case.
enum ScenarioValue: Sendable {
    case fact(FactValue)
    /// The value that a field of a case has then.
    case field(FieldName, of: String)
    /// The day on which it is handed in.
    case today
}

/// Something that must be so.
public struct ScenarioCheck: Sendable {
    enum Kind: Sendable {
        /// The state of a case, some of its fields (nil for an unknown one), and the instant at which a deadline lapses (nil: does not run).
        case subject(String, state: String?, fields: [(FieldName, ScenarioValue?)], due: [(deadline: String, at: Date?)])
        /// The reasons for which the platform took the last step of a case in place of another.
        case because(String, slugs: [String])
        /// Amounts on the accounts of a cap: of one organisation or product, or of all.
        case cap(String, of: String?, amounts: [(side: LedgerSide, value: Int64)])
        /// The roles that were reminded of a deadline of a case, and when; none if empty.
        case reminded(String, deadline: String, to: [String], at: Date?)
        /// What a reader sees: whether the case is visible, and which steps the reader may take now.
        case shows(reader: String, of: String, isVisible: Bool, steps: [String]?)
        /// The rules whose preference is met, or is not, at the last step.
        case prefers(rule: String, isMet: Bool)
        /// The number of cases of a procedure.
        case count(procedure: String, Int)
        /// Fields that the last step made public.
        case published([(FieldName, ScenarioValue)])
    }

    let kind: Kind
    let place: ScenarioPlace
}

/// A side of an account.
enum LedgerSide: String, Sendable, CaseIterable {
    /// Reserved and open.
    case held
    /// Used.
    case posted
    /// Lost, and still counted.
    case forfeited
    /// What may still be reserved.
    case left
    /// The limit.
    case limit
}

/// A mistake in a scenario file.
public struct ScenarioFault: Error, Sendable, CustomStringConvertible {
    /// Where.
    public let place: ScenarioPlace
    /// What is wrong, and how to mend it.
    public let text: String
    /// "orders.yaml:12: ..."
    public var description: String { "\(place): \(text)" }
}
