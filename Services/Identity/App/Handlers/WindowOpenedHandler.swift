import IdentityDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Decides an enterprise's entitlement again when the window that it waits for opens; the enterprise need not claim (BJ26-25).
struct WindowOpenedHandler: Handler {
    let creditSource: CreditSource

    func requestRows(for input: TimerFired, in rows: inout IdentityRows) {
        if let key = key(input) { rows.registrations.request(key) }
    }

    func handle(_ input: TimerFired, context: HandlingContext, rows: inout IdentityRows, output: inout HandlerOutput) throws {
        guard let key = key(input), let registration = rows.registrations[key] else { return }
        let registering = Registering(try programme(of: registration, context, rows), now: max(context.now, input.dueAt))
        let credit = creditSource.standing(recorded: rows.credit[registration.particulars.creditCode])
        let judged = registering.judged(registration, credit: credit)
        if judged != registration {
            rows.registrations.set(judged)
            try output.emit(judged, by: nil)
        }
        if let opens = registering.judgeAgain(judged) { try output.scheduleOpeningTimer(for: judged, at: opens) }
    }

    /// The version in force; if there is none, the version that the enterprise was registered under.
    private func programme(of registration: Registration, _ context: HandlingContext, _ rows: IdentityRows) throws -> Programme {
        do {
            return try rows.programmes.inForce(registration.programmeID, at: context.now, ifUnknown: .wait)
        } catch is Refusal {
            return try rows.programmes.version(registration.programmeID, registration.programmeVersion, ifUnknown: .wait)
        }
    }

    private func key(_ input: TimerFired) -> RegistrationKey? {
        guard input.owner == OpeningTimer.owner, let timer = OpeningTimer(name: input.name) else { return nil }
        return RegistrationKey(enterpriseID: timer.enterpriseID, programmeID: timer.programmeID)
    }
}
