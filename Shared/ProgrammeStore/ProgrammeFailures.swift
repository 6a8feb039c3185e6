public import Messaging
import Programme

/// A programme that another service refers to has not arrived here yet. The message and its partition wait until it arrives.
public struct ProgrammeNotArrived: TransientFailure, CustomStringConvertible {
    /// The programme's id.
    public let programmeID: String
    /// The version; nil if any version suffices.
    public let version: Int?

    /// The message for the operator.
    public var description: String {
        "waiting for the programme \(programmeID)\(version.map { " version \($0)" } ?? ""), which has not arrived"
    }
}

/// A published programme that this process cannot load, for example because the process is older than the programme. The message that
/// needs it is parked, and readiness reports it (see `ProgrammeReadiness`).
public struct ProgrammeUnreadable: Error, CustomStringConvertible {
    /// The beginning of every such error's text; readiness searches for it.
    static let beginning = "a published programme cannot be read: "

    /// The programme.
    public let programme: ProgrammeVersion
    /// The reason.
    public let reason: String

    init(_ programme: ProgrammeVersion, _ reason: String) { (self.programme, self.reason) = (programme, reason) }

    init(_ programme: ProgrammeVersion, _ faults: Faults) {
        let first = faults.all.first { $0.severity == .error } ?? faults.all.first
        self.init(programme, "\(faults.all.count) faults, the first: \(first?.description ?? "none")")
    }

    /// The programme and the reason.
    public var description: String { "\(Self.beginning)\(programme.programmeID) version \(programme.version): \(reason)" }
}
