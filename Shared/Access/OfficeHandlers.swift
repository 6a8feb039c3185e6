import Kernel
public import Messages
public import Messaging

/// Takes down the offices of a rehearsal as the service that keeps them tells of them.
public struct OfficeAppointedHandler<Rows: HoldsAccess>: Handler {
    /// The handler.
    public init() {}

    /// All offices are loaded anyway.
    public func wants(_ input: OfficeAppointed, in rows: inout Rows) {}

    /// Its word counts, whatever was known here.
    public func handle(_ input: OfficeAppointed, context: HandlingContext, rows: inout Rows, say: inout Said) throws {
        rows.access.take(input)
    }
}

/// Makes an organisation an office where another service has seen it act first. For the service that keeps the offices.
public struct AppointOfficeHandler<Rows: HoldsAccess>: Handler {
    /// The services that may ask.
    private let services: Set<String>

    /// The handler.
    public init(from services: Set<String>) { self.services = services }

    /// All offices are loaded anyway.
    public func wants(_ input: AppointOffice, in rows: inout Rows) {}

    /// Refused (QUAN-10) to anybody but these services, where the offices are settings, and (QUAN-15) where there is such an office.
    public func handle(_ input: AppointOffice, context: HandlingContext, rows: inout Rows, say: inout Said) throws {
        guard services.contains(context.envelope.source), rows.access.offices.rule == .firstToAct, Office.isRole(input.role) else {
            throw PlatformRule.notPermitted.refusal()
        }
        let office = Office(programmeID: input.programmeID, role: input.role, organisation: input.organisation)
        guard rows.access.offices.appointed[office.place] == nil else { throw PlatformRule.stateDoesNotAllow.refusal() }
        try rows.access.appoint(office, &say)
    }
}
