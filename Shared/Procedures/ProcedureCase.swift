public import Foundation
public import Programme

/// One run of a procedure: its state, its record, and what happened to it.
public struct ProcedureCase: Sendable, Hashable, Codable {
    /// When a state was entered last.
    public struct Entry: Sendable, Hashable, Codable {
        /// The case's version after the step that entered it.
        public let version: Int64
        /// The instant of that step.
        public let at: Date
    }

    /// When a step was taken last, and by whom.
    public struct Taking: Sendable, Hashable, Codable {
        /// The case's version after the step.
        public let version: Int64
        /// The instant.
        public let at: Date
        /// The person; nil for the platform.
        public let person: UUID?
    }

    /// The id.
    public let id: UUID
    /// The procedure.
    public let procedure: String
    /// The parent case, of the procedure named by `of`; nil if there is none.
    public let parent: UUID?
    /// The case under whose key the family travels: the first ancestor.
    public let root: UUID
    /// The organisation of each role that is a party, by role.
    public internal(set) var parties: [String: UUID]
    /// The state.
    public internal(set) var state: String
    /// The number of steps and lapses so far, counted from 1.
    public internal(set) var version: Int64
    /// The fields of forms and papers so far.
    public internal(set) var record: Facts
    /// The number of papers of each kind so far.
    public internal(set) var papers: [String: Int]
    /// The states entered so far.
    public internal(set) var entered: [String: Entry]
    /// The steps taken so far.
    public internal(set) var taken: [String: Taking]

    /// A case before its first step.
    init(id: UUID, procedure: String, parent: ProcedureCase?, parties: [String: UUID]) {
        (self.id, self.procedure, self.parent, root) = (id, procedure, parent?.id, parent?.root ?? id)
        self.parties = (parent?.parties ?? [:]).merging(parties) { $1 }
        (state, version, record, papers, entered, taken) = (Procedure.start, 0, Facts(), [:], [:], [:])
    }

    /// The instants at which steps were taken, for deadlines.
    var instants: [String: Date] { taken.mapValues(\.at) }
}

/// The cases of one root.
public struct Family: Sendable, Hashable {
    /// In the order in which they began.
    public private(set) var cases: [ProcedureCase]

    /// These cases.
    public init(_ cases: [ProcedureCase] = []) { self.cases = cases }

    /// The case of that id.
    public subscript(id: UUID) -> ProcedureCase? { cases.first { $0.id == id } }

    /// The cases of a procedure.
    public func cases(of procedure: String) -> [ProcedureCase] { cases.filter { $0.procedure == procedure } }

    /// Replaces a case, or adds it.
    public mutating func put(_ changed: ProcedureCase) {
        if let place = cases.firstIndex(where: { $0.id == changed.id }) { cases[place] = changed } else { cases.append(changed) }
    }
}
