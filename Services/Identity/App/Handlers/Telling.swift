import Foundation
import IdentityDomain
import Kernel
import Messages
import Messaging

/// How a changed registration is told.
extension Said {
    /// Tells all services how an enterprise stands, answers whoever asked with the same, and leaves what was judged by in the audit row.
    mutating func tell(_ registration: Registration, by actor: Actor?) throws {
        let snapshot = registration.snapshot
        try publish(snapshot, key: registration.enterpriseID.lowercased)
        try answer(snapshot)
        try audit(
            JudgedBy(
                person: actor?.person, programmeID: registration.programmeID, programmeVersion: registration.programmeVersion,
                state: registration.state, refusals: registration.refusals.map(\.slug)))
    }

    /// Has the timer tell when the window opens that an enterprise waits for (BJ26-25).
    mutating func wake(_ registration: Registration, at opens: Date) throws {
        let subject = registration.enterpriseID.lowercased
        let timer = OpeningTimer(enterpriseID: registration.enterpriseID, programmeID: registration.programmeID)
        try send(
            ScheduleTimer(owner: OpeningTimer.owner, name: timer.name, subject: subject, purpose: "registration.entitle", due: .at(opens)),
            key: subject)
    }
}

/// What a decision went by, in its audit row.
private struct JudgedBy: Encodable {
    let person: String?
    let programmeID: String
    let programmeVersion: Int
    let state: String
    let refusals: [String]
}

/// The name of the timer that wakes a registration at its window's opening.
struct OpeningTimer: Hashable {
    static let owner = "identity"

    let enterpriseID: UUID
    let programmeID: String

    init(enterpriseID: UUID, programmeID: String) { (self.enterpriseID, self.programmeID) = (enterpriseID, programmeID) }

    /// Reads a timer's name; nil where it is none of these.
    init?(name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "registration", parts[3] == "opening", let id = UUID(uuidString: String(parts[1])) else {
            return nil
        }
        self.init(enterpriseID: id, programmeID: String(parts[2]))
    }

    var name: String { "registration/\(enterpriseID.lowercased)/\(programmeID)/opening" }
}
