import Kernel
public import Messages
public import Messaging

/// Records the offices of a rehearsal that the owning service publishes.
public struct OfficeAppointedHandler<Rows: HasAccessRows>: Handler {
    /// The handler.
    public init() {}

    /// Requests nothing: all offices are always loaded.
    public func requestRows(for input: OfficeAppointed, in rows: inout Rows) {}

    /// Replaces the office known here.
    public func handle(_ input: OfficeAppointed, context: HandlingContext, rows: inout Rows, output: inout HandlerOutput) throws {
        rows.access.record(input)
    }
}

/// Appoints an organisation as an office after another service saw it act first. For the service that owns the offices.
public struct AppointOfficeHandler<Rows: HasAccessRows>: Handler {
    /// The services that may send the command.
    private let services: Set<String>

    /// The handler.
    public init(from services: Set<String>) { self.services = services }

    /// Requests nothing: all offices are always loaded.
    public func requestRows(for input: AppointOffice, in rows: inout Rows) {}

    /// Refuses under QUAN-10 if another service asks or the settings list the offices, and under QUAN-15 if the position is already held.
    public func handle(_ input: AppointOffice, context: HandlingContext, rows: inout Rows, output: inout HandlerOutput) throws {
        guard services.contains(context.envelope.source), rows.access.offices.rule == .firstToAct, Office.isRole(input.role) else {
            throw PlatformRule.notPermitted.refusal()
        }
        let office = Office(programmeID: input.programmeID, role: input.role, organisation: input.organisation)
        guard rows.access.offices.appointed[office.position] == nil else { throw PlatformRule.stateDoesNotAllow.refusal() }
        try rows.access.appoint(office, &output)
    }
}
