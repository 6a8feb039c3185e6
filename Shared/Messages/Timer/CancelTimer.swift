public import Kernel

/// Asks the timer to cancel a timer. A fired or unknown timer is not an error, because the owner checks its own state when a timer fires.
public struct CancelTimer: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("timer", "cancel-timer")

    /// The service that scheduled it.
    @Text<CodeText> public private(set) var owner: String
    /// The timer's name.
    @Text<TimerText> public private(set) var name: String

    /// Cancels a timer.
    public init(owner: String, name: String) { (self.owner, self.name) = (owner, name) }
}
