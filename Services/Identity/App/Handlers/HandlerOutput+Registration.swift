import Foundation
import IdentityDomain
import Kernel
import Messages
import Messaging
import StrictJSON

extension HandlerOutput {
    /// Publishes the changed registration, answers the command with it, and writes the audit record.
    mutating func emit(_ registration: Registration, by actor: Actor?) throws {
        let snapshot = registration.snapshot
        try publish(snapshot, key: registration.enterpriseID.lowercased)
        try answer(snapshot)
        try audit(
            DecisionAudit(
                person: actor?.person, programmeID: registration.programmeID, programmeVersion: registration.programmeVersion,
                state: registration.state, refusals: registration.refusals.map(\.slug)))
    }

    /// Schedules a timer at the opening of the window that an enterprise waits for (BJ26-25).
    mutating func scheduleOpeningTimer(for registration: Registration, at opens: Date) throws {
        let subject = registration.enterpriseID.lowercased
        let timer = OpeningTimer(enterpriseID: registration.enterpriseID, programmeID: registration.programmeID)
        try send(
            ScheduleTimer(owner: OpeningTimer.owner, name: timer.name, subject: subject, purpose: "registration.entitle", due: .at(opens)),
            key: subject)
    }
}

/// The audit record of a decision on a registration.
private struct DecisionAudit: Encodable {
    let person: String?
    let programmeID: String
    let programmeVersion: Int
    let state: String
    let refusals: [String]
}

/// The name of the timer that fires when the window of a registration opens.
struct OpeningTimer: Hashable {
    static let owner = "identity"

    let enterpriseID: UUID
    let programmeID: String

    init(enterpriseID: UUID, programmeID: String) { (self.enterpriseID, self.programmeID) = (enterpriseID, programmeID) }

    /// Parses a timer's name; nil where it is the name of another timer.
    init?(name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "registration", parts[3] == "opening", let id = UUID(uuidString: String(parts[1])) else {
            return nil
        }
        self.init(enterpriseID: id, programmeID: String(parts[2]))
    }

    var name: String { "registration/\(enterpriseID.lowercased)/\(programmeID)/opening" }
}
