import NIOCore
import NIOEmbedded
import Testing

@testable import ServiceHost

@Suite("The table of connections")
struct ConnectionTableTests {
    @Test("what is closed for a new connection is of the client that holds most, and a request being answered never")
    func fairness() throws {
        let table = ConnectionTable(most: 5, mostOfClient: 4)
        func open(_ client: String) -> (channel: EmbeddedChannel, number: UInt64?) {
            let channel = EmbeddedChannel()
            return (channel, table.open(channel, client: client, isProxy: false))
        }
        let honest = open("honest")
        let attackers = (0..<4).map { _ in open("attacker") }
        if let number = attackers[0].number { table.enter(number, .answering) }
        if let number = attackers[1].number { table.enter(number, .receiving) }
        // The attacker is at the bound of one client: its own goes, that which waits before that whose body comes.
        #expect(open("attacker").number != nil)
        #expect(!attackers[2].channel.isActive || table.count == 5)
        #expect(table.count == 5)
        // In all there is no room: it is the attacker again who loses one, not whoever came first.
        #expect(open("other").number != nil)
        #expect(table.count == 5)
        if let number = honest.number { table.closed(number) }
        #expect(table.count == 4)
    }

    @Test("where everything is being answered there is no room")
    func full() {
        let table = ConnectionTable(most: 2, mostOfClient: 2)
        for _ in 0..<2 {
            if let number = table.open(EmbeddedChannel(), client: "a", isProxy: false) { table.enter(number, .answering) }
        }
        #expect(table.open(EmbeddedChannel(), client: "b", isProxy: false) == nil)
    }

    @Test("the bound of one client does not hold for a proxy, which carries many")
    func proxies() {
        let table = ConnectionTable(most: 10, mostOfClient: 1)
        for _ in 0..<5 { #expect(table.open(EmbeddedChannel(), client: "proxy", isProxy: true) != nil) }
        #expect(table.count == 5)
    }
}
