public import Messages
public import Messaging

/// Takes down the keys that identity publishes. In a service's table of contents: `Follows(KeyPublishedHandler<OrderRows>())`.
public struct KeyPublishedHandler<Rows: HoldsAccess>: Handler {
    /// The handler.
    public init() {}

    /// All keys are loaded anyway.
    public func wants(_ input: KeyPublished, in rows: inout Rows) {}

    /// A key that is none is set aside for an operator to look at.
    public func handle(_ input: KeyPublished, context: HandlingContext, rows: inout Rows, say: inout Said) throws {
        try rows.access.take(input)
    }
}
