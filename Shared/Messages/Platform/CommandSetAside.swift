public import Foundation
public import Kernel

/// Tells whoever asked for a command that it is set aside, or waits behind one that is. It is kept, and answered when an operator has looked.
///
/// On `replies` under the command's id, as its `Outcome` is. It decides nothing: the outcome is still to come.
public struct CommandSetAside: Message, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "command-set-aside")

    /// The command that waits.
    public let commandID: UUID
    /// Its type, as in its header.
    public let commandType: String
    /// Why it waits and what to do about it, under QUAN-28.
    public let problem: Refusal

    /// A note about `commandID`.
    public init(commandID: UUID, commandType: String, problem: Refusal) {
        self.commandID = commandID
        self.commandType = commandType
        self.problem = problem
    }
}
