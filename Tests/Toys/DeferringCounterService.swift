package import Foundation
import Kernel
package import Messages
package import Messaging

// The counter with a command whose answer is given by a later transaction.

/// Adds an amount to a counter, a moment later: the answer is deferred until then.
package struct AddAmountLater: Command, Hashable {
    package static let type = MessageType("counter", "add-amount-later")
    package let counter: String
    package let amount: Int64

    package init(counter: String, amount: Int64) {
        self.counter = counter
        self.amount = amount
    }
}

/// Applies a deferred addition and answers its command. The counter sends it to itself.
package struct ApplyAddition: Command, Hashable {
    package static let type = MessageType("counter", "apply-addition")
    package let command: UUID
    package let counter: String
    package let amount: Int64
}

/// Handles `AddAmountLater`.
package struct AddAmountLaterHandler: Handler {
    /// How long the addition is deferred.
    private static let delay = Duration.milliseconds(30)

    package init() {}

    package func requestRows(for input: AddAmountLater, in rows: inout CounterRows) {}

    package func handle(_ input: AddAmountLater, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
        guard input.amount != 0 else { throw PlatformRule.amountOutOfRange.refusal() }
        output.deferReply()
        let addition = ApplyAddition(command: context.envelope.id, counter: input.counter, amount: input.amount)
        try output.send(addition, key: input.counter, after: Self.delay)
    }
}

/// Handles `ApplyAddition`.
package struct ApplyAdditionHandler: Handler {
    package init() {}

    package func requestRows(for input: ApplyAddition, in rows: inout CounterRows) { rows.request(input.counter) }

    package func handle(_ input: ApplyAddition, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {
        let (total, isOverflow) = rows.total(of: input.counter).addingReportingOverflow(input.amount)
        guard !isOverflow, total >= 0 else {
            return try output.reply(to: input.command, refusal: PlatformRule.amountOutOfRange.refusal())
        }
        rows.set(input.counter, to: total)
        try output.publish(
            AmountAdded(counter: input.counter, amount: input.amount, total: total), key: input.counter, effectOf: input.command)
        try output.reply(to: input.command, result: total)
    }
}

/// The service's handlers; its table is that of `CounterService`.
package enum DeferringCounterService {
    package static let registry = HandlerRegistry(service: "counter", rows: CounterRows.self, commandsFrom: ["asker", "counter"]) {
        Handles(AddAmountHandler())
        Handles(AddAmountLaterHandler())
        Handles(ApplyAdditionHandler())
    }
}
