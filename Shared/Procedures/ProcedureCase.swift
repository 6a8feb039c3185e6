public import Foundation
public import Programme

/// One run of a procedure: its state, its record, and what happened to it.
public struct ProcedureCase: Sendable, Hashable, Codable {
    /// A state that was entered.
    public struct Visit: Sendable, Hashable, Codable {
        /// The state.
        public let state: String
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

    /// A version of the programme that a case has left.
    public struct LeftVersion: Sendable, Hashable, Codable {
        /// The version of the programme.
        public let programmeVersion: Int
        /// The case's version when it left.
        public let version: Int64
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
    /// The cases that this one refers to, by procedure.
    public internal(set) var refers: [String: UUID]
    /// The version of the programme under which it runs.
    public internal(set) var programmeVersion: Int
    /// The versions that it has left, because its procedure followed a later one.
    public internal(set) var left: [LeftVersion] = []
    /// The state.
    public internal(set) var state: String
    /// The number of steps and lapses so far, counted from 1.
    public internal(set) var version: Int64
    /// The fields of forms and papers so far, and those that capabilities gave.
    public internal(set) var record: Facts
    /// The papers that were handed in last, of each kind.
    public internal(set) var papers: [Paper]
    /// What may serve one case only, and serves this one: "invoice:24112000000000000001".
    public internal(set) var uniqueKeys: Set<String>
    /// The states entered so far, in order.
    public internal(set) var visits: [Visit]
    /// The steps taken so far.
    public internal(set) var taken: [String: Taking]

    /// A case before its first step.
    init(
        id: UUID, procedure: String, parent: ProcedureCase?, parties: [String: UUID], refers: [String: UUID] = [:],
        programmeVersion: Int = 1
    ) {
        self.programmeVersion = programmeVersion
        (self.id, self.procedure, self.parent, root) = (id, procedure, parent?.id, parent?.root ?? id)
        self.parties = (parent?.parties ?? [:]).merging(parties) { $1 }
        self.refers = (parent?.refers ?? [:]).merging(refers) { $1 }
        (state, version, record, papers, uniqueKeys) = (Procedure.start, 0, Facts(), [], [])
        (visits, taken) = ([], [:])
    }

    /// A case as a record of another service has it: without the papers and steps that led there.
    public init(_ record: ProcedureRecord) {
        (id, procedure, parent, root) = (record.id, record.procedure, nil, record.id)
        (parties, refers, state, version, programmeVersion) = (record.parties, [:], record.state, 1, 1)
        (self.record, papers, uniqueKeys, visits, taken) = (record.fields, [], [], [], [:])
    }

    /// The last visit of a state; nil if it was never entered.
    public func entered(_ state: String) -> Visit? { visits.last { $0.state == state } }

    /// The instants at which steps were taken, for deadlines.
    var instants: [String: Date] { taken.mapValues(\.at) }

    /// The records of the case's papers.
    var paperRecords: Set<String> { Set(papers.map(\.document)) }
}

/// What another service tells of a case: its state, its parties and some of its fields.
public struct ProcedureRecord: Sendable, Hashable, Codable {
    /// The id.
    public let id: UUID
    /// The procedure.
    public let procedure: String
    /// The state.
    public let state: String
    /// The parties by role.
    public let parties: [String: UUID]
    /// The fields.
    public var fields = Facts()

    /// A record without fields.
    public init(id: UUID, procedure: String, state: String, parties: [String: UUID]) {
        (self.id, self.procedure, self.state, self.parties) = (id, procedure, state, parties)
    }
}

/// A paper of a case: the file, and what it says.
public struct Paper: Sendable, Hashable, Codable {
    /// The document of the programme that it is.
    public let document: String
    /// The file.
    public let file: PaperFile
    /// The values of the document's fields, by their names in it.
    public let fields: [String: FactValue]

    /// A paper.
    public init(_ document: String, file: PaperFile, fields: [String: FactValue] = [:]) {
        (self.document, self.file, self.fields) = (document, file, fields)
    }
}

/// A file of a paper, as far as rules ask.
public struct PaperFile: Sendable, Hashable, Codable {
    /// The hash of its content.
    public let hash: String
    /// Its kind, by its usual extension: "pdf".
    public let kind: String
    /// Its size in bytes.
    public let byteCount: Int64
    /// Whether the filer's organisation uploaded it.
    public let isOwn: Bool
    /// Whether it carries the seal of the filer's organisation, as the filer states; a reviewer confirms it.
    public let isSealed: Bool
    /// The folder in which it was handed in; empty if there is none.
    public let folder: String

    /// A file.
    public init(hash: String, kind: String = "pdf", byteCount: Int64 = 1, isOwn: Bool = true, isSealed: Bool = true, folder: String = "") {
        (self.hash, self.kind, self.byteCount, self.isOwn) = (hash, kind, byteCount, isOwn)
        (self.isSealed, self.folder) = (isSealed, folder)
    }
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
