public import Foundation
public import Kernel

/// Informs a command's sender that it is parked, or waits behind a parked message. The command is kept and answered after an operator
/// intervenes.
///
/// Sent on `replies` under the command's id, like its `Outcome`, which follows later.
public struct CommandSetAside: Message, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "command-set-aside")

    /// The parked or waiting command.
    public let commandID: UUID
    /// Its type, as in its header.
    public let commandType: String
    /// Why it waits and what to do about it, under QUAN-28.
    public let problem: Refusal

    /// A notice about `commandID`.
    public init(commandID: UUID, commandType: String, problem: Refusal) {
        self.commandID = commandID
        self.commandType = commandType
        self.problem = problem
    }
}
