public import Foundation
public import Kernel

/// The one answer to a command, on `replies` under the command's id.
public struct Outcome: Message, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "outcome")

    /// The command answered.
    public let commandID: UUID
    /// The type of the command answered, as in its header.
    public let commandType: String
    /// Why the command was refused; nil if it succeeded.
    public let refusal: Refusal?
    /// The handler's answer as JSON text; nil if it has none or the command was refused.
    public let result: String?
    /// The number of events that name the command as their cause; nil if there are none. A subscriber of these events has applied the
    /// command's effects when it has applied this many.
    public let eventCount: Int?

    /// The outcome of `commandID`: refused if `refusal` is given, otherwise successful.
    public init(commandID: UUID, commandType: String, refusal: Refusal? = nil, result: String? = nil, eventCount: Int? = nil) {
        self.commandID = commandID
        self.commandType = commandType
        self.refusal = refusal
        self.result = result
        self.eventCount = eventCount
    }
}
