import Access
import Messages
import Messaging
import Testing

@testable import Ordering

@Suite("Senders of the commands of ordering")
struct JudgedSendersTests {
    @Test("QUAN-10: every command that people send is judged by its sender's role and organisation before rows are loaded for it")
    func all() {
        // Services and the operator's commands send these, and each says from whom it takes them.
        let others: Set<MessageType> = [CheckLedger.type, CreditChecked.type, LapseOrder.type, SettleOrder.type]
        let handlers = OrderingContents.contents.commandHandlers
        #expect(handlers[PlaceOrder.type] != nil && others.isSubset(of: handlers.keys))
        for (type, handler) in handlers where !others.contains(type) {
            #expect(handler is any JudgesSender.Type, "\(type)")
        }
    }
}
