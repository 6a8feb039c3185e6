import Access
import FileStore
import Foundation
import Messages
import Messaging
import Testing

@testable import Redemption

@Suite("Senders of the commands of redemption")
struct SenderAuthorisationTests {
    @Test("QUAN-10: every command of people is authorised by role and organisation before its rows are loaded")
    func all() {
        // Services send these; their handlers check the source.
        let others: Set<MessageType> = [LapseRedemption.type]
        let handlers = RedemptionHandlers.registry(files: FileStore(folder: URL(filePath: NSTemporaryDirectory()))).commandHandlers
        #expect(handlers[ApplyRedemption.type] != nil && others.isSubset(of: handlers.keys))
        for (type, handler) in handlers where !others.contains(type) {
            #expect(handler is any AuthorisesSender.Type, "\(type)")
        }
    }
}
