import Access
import IdentityDomain
import Messages
import Messaging
import Testing

@testable import Identity

@Suite("Senders of the commands of identity")
struct SenderAuthorisationTests {
    @Test("QUAN-10: the sender's role and organisation are checked for every command of people before its rows are loaded")
    func all() {
        // Services and the operator's tool send these; each handler checks the source itself.
        let others: Set<MessageType> = [CheckCredit.type]
        let handlers = IdentityHandlers.registry(.recorded).commandHandlers
        #expect(handlers[RegisterEnterprise.type] != nil && others.isSubset(of: handlers.keys))
        for (type, handler) in handlers where !others.contains(type) {
            #expect(handler is any AuthorisesSender.Type, "\(type)")
        }
    }
}
