import Access
import Messages
import Messaging
import Testing

@testable import Catalogue

@Suite("Senders of the commands of catalogue")
struct SenderAuthorisationTests {
    @Test("QUAN-10: the sender's role and organisation are checked for every command of people before its rows are loaded")
    func all() {
        // Services and the operator's tool send these; each handler checks the source itself.
        let others: Set<MessageType> = [AppointOffice.type, PublishProgramme.type]
        let handlers = CatalogueHandlers.registry.commandHandlers
        #expect(handlers[ListProduct.type] != nil && others.isSubset(of: handlers.keys))
        for (type, handler) in handlers where !others.contains(type) {
            #expect(handler is any AuthorisesSender.Type, "\(type)")
        }
    }
}
