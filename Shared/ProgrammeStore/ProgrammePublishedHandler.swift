public import Messages
public import Messaging

/// A service's unit of work that includes the programmes it knows.
public protocol HasProgrammeRows: UnitOfWork {
    /// The known programmes.
    var programmes: ProgrammeRows { get set }
}

/// Records the programmes that `catalogue` publishes. In a service's handler registry:
/// `Subscribes(ProgrammePublishedHandler<OrderRows>())`.
///
/// An event with a programme that cannot be loaded is parked.
public struct ProgrammePublishedHandler<Rows: HasProgrammeRows>: Handler {
    /// The handler.
    public init() {}

    /// Requests nothing: all programmes are always loaded.
    public func requestRows(for input: ProgrammePublished, in rows: inout Rows) {}

    /// Records the programme. Throws `ProgrammeUnreadable` if it cannot be loaded.
    public func handle(_ input: ProgrammePublished, context: HandlingContext, rows: inout Rows, output: inout HandlerOutput) throws {
        try rows.programmes.record(input)
    }
}
