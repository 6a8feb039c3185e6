import NIOCore
import NIOEmbedded
import Testing

@testable import ServiceHost

@Suite("Connection table")
struct ConnectionTableTests {
    @Test("a new connection replaces one of the client with the most connections, but never one whose request is being answered")
    func fairness() throws {
        let table = ConnectionTable(maximum: 5, maximumPerClient: 4)
        func open(_ client: String) throws -> (channel: EmbeddedChannel, number: UInt64?) {
            let channel = EmbeddedChannel()
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            return (channel, table.open(channel, client: client, isProxy: false))
        }
        let honest = try open("honest")
        let attackers = try (0..<4).map { _ in try open("attacker") }
        if let number = attackers[0].number { table.setPhase(.answering, of: number) }
        if let number = attackers[1].number { table.setPhase(.receiving, of: number) }
        // The attacker is at the bound of one client: its own connection without a complete head is closed first.
        #expect(try open("attacker").number != nil)
        #expect(attackers.map { $0.channel.isActive } == [true, true, false, true])
        #expect(table.count == 5)
        // The table is full: another connection of the attacker is closed, not the oldest connection.
        #expect(try open("other").number != nil)
        #expect(honest.channel.isActive && !attackers[3].channel.isActive)
        #expect(table.count == 5)
        if let number = honest.number { table.closed(number) }
        #expect(table.count == 4)
    }

    @Test("when all requests are being answered, a new connection is refused")
    func full() {
        let table = ConnectionTable(maximum: 2, maximumPerClient: 2)
        for _ in 0..<2 {
            if let number = table.open(EmbeddedChannel(), client: "a", isProxy: false) { table.setPhase(.answering, of: number) }
        }
        #expect(table.open(EmbeddedChannel(), client: "b", isProxy: false) == nil)
    }

    @Test("the bound of one client does not apply to proxies")
    func proxies() {
        let table = ConnectionTable(maximum: 10, maximumPerClient: 1)
        for _ in 0..<5 { #expect(table.open(EmbeddedChannel(), client: "proxy", isProxy: true) != nil) }
        #expect(table.count == 5)
    }
}
