public import Foundation
public import Kernel

/// The one answer to a command, on `replies` under the command's id.
public struct Outcome: Message, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "outcome")

    /// The command answered.
    public let commandID: UUID
    /// The type of the command answered, as in its header.
    public let commandType: String
    /// Why it was refused; nil when it was done.
    public let refusal: Refusal?
    /// What the handler answered, a JSON text; nil when it had nothing to add or the command was refused.
    public let result: String?
    /// How many events tell of what was done; nil where none does. They name the command as their cause. Whoever follows them all has heard of
    /// it when so many have come.
    public let eventCount: Int?

    /// An answer to `commandID`: refused when `refusal` is given, else done.
    public init(commandID: UUID, commandType: String, refusal: Refusal? = nil, result: String? = nil, eventCount: Int? = nil) {
        self.commandID = commandID
        self.commandType = commandType
        self.refusal = refusal
        self.result = result
        self.eventCount = eventCount
    }
}
