public import Messaging
import Programme

/// A programme that another service speaks of has not arrived here yet. The message waits with its partition until it has.
public struct ProgrammeNotArrived: TransientFailure, CustomStringConvertible {
    /// The programme's id.
    public let programmeID: String
    /// The version; nil where any would do.
    public let version: Int?

    /// What is waited for.
    public var description: String {
        "waiting for the programme \(programmeID)\(version.map { " version \($0)" } ?? ""), which has not arrived"
    }
}

/// A programme that was published and that this process cannot read, as when it is older than the programme. The message that needs it
/// is set aside; readiness tells (see `ProgrammeReadiness`).
public struct ProgrammeUnreadable: Error, CustomStringConvertible {
    /// How the text of every such error begins.
    static let beginning = "a published programme cannot be read: "

    /// The programme.
    public let programme: ProgrammeVersion
    /// Why.
    public let reason: String

    init(_ programme: ProgrammeVersion, _ reason: String) { (self.programme, self.reason) = (programme, reason) }

    init(_ programme: ProgrammeVersion, _ faults: Faults) {
        let first = faults.all.first { $0.severity == .error } ?? faults.all.first
        self.init(programme, "\(faults.all.count) faults, the first: \(first?.description ?? "none")")
    }

    /// Which programme, and why.
    public var description: String { "\(Self.beginning)\(programme.programmeID) version \(programme.version): \(reason)" }
}
