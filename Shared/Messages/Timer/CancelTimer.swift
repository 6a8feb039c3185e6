public import Kernel

/// Asks the timer to forget a timer. One that has fired, or is not known, is no fault: the owner looks at its own state anyway.
public struct CancelTimer: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("timer", "cancel-timer")

    /// The service that asked for it.
    @Text<CodeText> public private(set) var owner: String
    /// The timer's name.
    @Text<TimerText> public private(set) var name: String

    /// Cancels a timer.
    public init(owner: String, name: String) { (self.owner, self.name) = (owner, name) }
}
