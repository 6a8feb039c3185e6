import Foundation
import Testing

@Suite struct Dump {
    @Test func dump() throws {
        for message in MessageCatalogue.ordering {
            let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(message.type).json")
            try Data(try message.encoded() + [10]).write(to: url)
        }
    }
}
