public import Messages
public import Messaging

/// Records the keys that identity publishes. In a service's handler registry: `Subscribes(KeyPublishedHandler<OrderRows>())`.
public struct KeyPublishedHandler<Rows: HasAccessRows>: Handler {
    /// The handler.
    public init() {}

    /// Requests nothing: all keys are always loaded.
    public func requestRows(for input: KeyPublished, in rows: inout Rows) {}

    /// Records the key. An event with a malformed key is parked.
    public func handle(_ input: KeyPublished, context: HandlingContext, rows: inout Rows, output: inout HandlerOutput) throws {
        try rows.access.record(input)
    }
}
