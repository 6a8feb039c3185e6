import Access
import Messages
import Messaging
import Testing

@testable import Ordering

@Suite("Senders of the commands of ordering")
struct SenderAuthorisationTests {
    @Test("QUAN-10: every command of people is authorised by role and organisation before its rows are loaded")
    func all() {
        // Services and the operator's tool send these; their handlers check the source.
        let others: Set<MessageType> = [CheckLedger.type, CreditChecked.type, LapseOrder.type, SettleOrder.type]
        let handlers = OrderingHandlers.registry.commandHandlers
        #expect(handlers[PlaceOrder.type] != nil && others.isSubset(of: handlers.keys))
        for (type, handler) in handlers where !others.contains(type) {
            #expect(handler is any AuthorisesSender.Type, "\(type)")
        }
    }
}
