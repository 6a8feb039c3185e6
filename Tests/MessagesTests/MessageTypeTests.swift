import Messages
import Testing

@Suite("Message types")
struct MessageTypeTests {
    @Test(
        "a well-formed name is parsed and printed unchanged",
        arguments: [
            ("ordering.place-order.v1", "ordering", "place-order", 1), ("a.b.v9999", "a", "b", 9999), ("s3.x-2.v12", "s3", "x-2", 12),
            (
                String(repeating: "s", count: 64) + "." + String(repeating: "n", count: 64) + ".v1", String(repeating: "s", count: 64),
                String(repeating: "n", count: 64), 1
            ),
        ])
    func wellFormed(text: String, service: String, name: String, version: Int) throws {
        let type = try #require(MessageType(parsing: text))
        #expect(type == MessageType(service, name, version: version))
        #expect(type.description == text)
    }

    @Test(
        "a name of any other form is not a type",
        arguments: [
            "", ".", "..", "ordering.place-order", "ordering.place-order.1", "ordering.place-order.v", "ordering.place-order.v0",
            "ordering.place-order.v-1", "ordering.place-order.v+1", "ordering.place-order.v01", "ordering.place-order.v10000",
            "ordering.place-order.v99999999999999999999", "ordering.place-order.V1", "Ordering.place-order.v1", "ordering.place_order.v1",
            "ordering..v1", ".place-order.v1", "ordering.place-order.v1.", "ordering.place.order.v1", " ordering.place-order.v1",
            "ordering.place-order.v1 ", "ordering.place-order.v1\n", "ordering.place-örder.v1", "订单.下单.v1", "ordering.place-order.v１",
            String(repeating: "s", count: 65) + ".n.v1", "s." + String(repeating: "n", count: 65) + ".v1",
        ])
    func malformed(text: String) { #expect(MessageType(parsing: text) == nil) }

    @Test("any accepted name is printed unchanged")
    func neverAmbiguous() {
        let alphabet = Array("ab.v19-0V_ü")
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var read = 0
        for _ in 0..<20_000 {
            var characters = Array("a-b.b9.v10")
            for _ in 0..<below(4) { characters[below(characters.count)] = alphabet[below(alphabet.count)] }
            guard let type = MessageType(parsing: String(characters)) else { continue }
            read += 1
            #expect(type.description == String(characters), "seed \(seed)")
        }
        // About a quarter of the names is unchanged.
        #expect(read > 4000, "seed \(seed)")
    }

    @Test("a service has three own topics and the common one for answers")
    func topics() {
        #expect(Topic.all(of: "ordering") == ["ordering.commands", "ordering.events", "ordering.parked", "replies"])
    }
}
