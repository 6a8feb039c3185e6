import Foundation
import Kernel
import Testing

@Suite struct IdentifierTests {
    /// Returns the given numbers in order.
    struct Scripted: RandomNumberGenerator {
        var numbers: [UInt64]
        mutating func next() -> UInt64 { numbers.isEmpty ? 0 : numbers.removeFirst() }
    }

    @Test("the version 7 id of RFC 9562's appendix is reproduced bit for bit")
    func rfcVersion7() {
        var random = Scripted(numbers: [0xCC3, 0x18C4_DC0C_0C07_398F])
        let id = UUIDv7.make(at: Date(timeIntervalSince1970: 1_645_557_742), using: &random)
        #expect(id.uuidString == "017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
        #expect(UUIDv7.instant(of: id) == Date(timeIntervalSince1970: 1_645_557_742))
    }

    @Test("the version 5 id of RFC 9562's appendix is reproduced bit for bit, and a Chinese name is hashed as UTF-8")
    func rfcVersion5() throws {
        let dns = try #require(UUID(uuidString: "6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
        let url = try #require(UUID(uuidString: "6ba7b811-9dad-11d1-80b4-00c04fd430c8"))
        #expect(UUIDv5.make(namespace: dns, name: "www.example.com").uuidString == "2ED6657D-E927-568B-95E1-2665A8AEA6A2")
        #expect(UUIDv5.make(namespace: url, name: "https://例.cn/券").uuidString == "3B3D8049-8634-5358-B767-DBE050BACBCB")
    }

    @Test("different divisions of the same characters into parts give different ids")
    func partsStayApart() {
        let namespace = UUID()
        let ids = [
            ["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["1:a", "b"], ["1", "a1:b"], ["a:b"], ["a", "b"], [],
        ]
        .map { UUIDv5.make(namespace: namespace, parts: $0) }
        #expect(Set(ids).count == ids.count)
        #expect(UUIDv5.make(namespace: namespace, parts: ["ab", "c"]) == ids[0])
    }

    @Test("version 7 ids increase, within a millisecond and when the clock goes back")
    func version7Order() {
        var random = SplitMix64(for: "version 7 ids grow")
        var generator = UUIDv7Generator()
        var instant = Date(timeIntervalSince1970: 1_780_000_000)
        var last = ""
        for _ in 0..<20_000 {
            instant.addTimeInterval(Double(Int.random(in: -2...3, using: &random)) / 1000)
            let id = generator.next(at: instant, using: &random)
            #expect(id.uuidString > last)
            #expect(id.uuid.6 >> 4 == 7 && id.uuid.8 >> 6 == 0b10)
            last = id.uuidString
        }
    }

    @Test("when the random bits of a millisecond overflow, the next millisecond is used")
    func version7Overflow() throws {
        var random = Scripted(numbers: [0xFFF, UInt64.max])
        var generator = UUIDv7Generator()
        let instant = Date(timeIntervalSince1970: 1000)
        let first = generator.next(at: instant, using: &random)
        let second = generator.next(at: instant, using: &random)
        #expect(second.uuidString > first.uuidString)
        #expect(UUIDv7.instant(of: second) == Date(timeIntervalSince1970: 1000.001))
    }

    @Test("an instant outside 48 bits counts as the nearest one inside", arguments: [-1e18, -1, 0, 1e18, .infinity, .nan])
    func version7Extremes(seconds: Double) throws {
        let source = UUIDv7Source()
        let instant = Date(timeIntervalSince1970: seconds)
        let ids = (0..<3).map { _ in source.next(at: instant) }
        let made = try #require(UUIDv7.instant(of: ids[0])).timeIntervalSince1970
        #expect(made == (seconds > 0 ? 281_474_976_710.655 : 0))
        #expect(ids[0].uuidString < ids[1].uuidString && ids[1].uuidString < ids[2].uuidString)
        #expect(UUIDv7.instant(of: UUID()) == nil)
    }

    @Test("a source used by many tasks gives no id twice, and each task's ids increase")
    func sharedSource() async {
        let source = UUIDv7Source()
        let instant = Date(timeIntervalSince1970: 1_780_000_000)
        let all = await withTaskGroup(of: [UUID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).map { _ in source.next(at: instant) } } }
            return await group.reduce(into: [[UUID]]()) { $0.append($1) }
        }
        #expect(Set(all.joined()).count == 4000)
        #expect(all.allSatisfy { $0.map(\.uuidString) == $0.map(\.uuidString).sorted() })
    }

    @Test("a content hash is SHA-256 in lower-case hexadecimal, and any other text is rejected")
    func contentHash() throws {
        let hash = ContentHash(of: Data("abc".utf8))
        #expect(hash.hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let json = try JSONEncoder().encode([hash])
        #expect(try JSONDecoder().decode([ContentHash].self, from: json) == [hash])
        #expect(ContentHash(hexadecimal: hash.hexadecimal.uppercased()) == nil)
        #expect(ContentHash(hexadecimal: String(hash.hexadecimal.dropLast())) == nil)
        #expect(complaint { _ = try JSONDecoder().decode([ContentHash].self, from: Data(#"["zz"]"#.utf8)) }.contains("64 lower-case"))
    }

    @Test("a fixed clock changes only when it is set")
    func fixedClock() {
        let clock = FixedClock(Date(timeIntervalSince1970: 5))
        #expect(clock.now() == clock.now())
        #expect(clock.advance(seconds: 2.5) == Date(timeIntervalSince1970: 7.5))
        clock.set(Date(timeIntervalSince1970: 1))
        #expect(clock.now() == Date(timeIntervalSince1970: 1))
        let before = Date()
        #expect(WallClock().now() >= before)
    }
}
