public import Messages
public import Messaging

/// A service's working rows with the programmes it knows among them.
public protocol HoldsProgrammes: WorkingRows {
    /// The programmes it knows.
    var programmes: ProgrammeRows { get set }
}

/// Takes a programme that `catalogue` has published.
///
/// A service that asks programmes anything lists it: `Follows(ProgrammePublishedHandler<OrderRows>())`. What cannot be read is set aside.
public struct ProgrammePublishedHandler<Rows: HoldsProgrammes>: Handler {
    /// It needs nothing.
    public init() {}

    /// Nothing: all programmes are there anyway.
    public func wants(_ input: ProgrammePublished, in rows: inout Rows) {}

    /// Takes it. Throws `ProgrammeUnreadable` where it cannot be read.
    public func handle(_ input: ProgrammePublished, context: HandlingContext, rows: inout Rows, say: inout Said) throws {
        try rows.programmes.take(input)
    }
}
