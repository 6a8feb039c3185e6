import Testing

@testable import Kafka

@Suite("The parts of a record")
struct KafkaRecordPartsTests {
    @Test("key, payload and headers survive a round trip: absent, empty and long ones, repeated and non-ASCII names")
    func roundTrip() {
        let values: [[UInt8]?] = [nil, [], [0], Array(repeating: 255, count: 10_000)]
        let headers = [
            KafkaHeader(name: "a", value: nil), KafkaHeader(name: "a", value: []), KafkaHeader("券", "服务券"),
            KafkaHeader(name: "", value: [1]),
            KafkaHeader(name: String(repeating: "n", count: 300), value: Array(repeating: 3, count: 5000)),
        ]
        for key in values {
            for value in values {
                for count in 0...headers.count {
                    let record = KafkaProducerRecord(topic: "t", key: key, value: value, headers: Array(headers[..<count]))
                    var other = KafkaProducerRecord(topic: "t", key: [9], value: [9], headers: [KafkaHeader("z", "z")])
                    (other.headers, other.value, other.key) = (record.headers, record.value, record.key)
                    #expect(other == record)
                    #expect(record.key == key && record.value == value && record.headers == Array(headers[..<count]))
                }
            }
        }
    }

    @Test("records built in one shared buffer equal records built separately")
    func pieces() {
        var block = KafkaRecordPartsBuffer(room: 10)
        block.begin()
        block.key { $0 += "k".utf8 }
        block.value { $0 += [1, 2] }
        block.header("a") { $0 += "x".utf8 }
        block.header("b") { _ in }
        block.begin()
        block.begin()
        block.key { _ in }
        block.value { $0 += [3] }
        block.header("c", nil)
        let records = block.parts().map { KafkaProducerRecord(topic: "t", partition: 3, parts: $0) }
        let wholes = [
            KafkaProducerRecord(
                topic: "t", partition: 3, key: Array("k".utf8), value: [1, 2], headers: [KafkaHeader("a", "x"), KafkaHeader("b", "")]),
            KafkaProducerRecord(topic: "t", partition: 3, key: nil, value: nil),
            KafkaProducerRecord(topic: "t", partition: 3, key: [], value: [3], headers: [KafkaHeader(name: "c", value: nil)]),
        ]
        #expect(records == wholes)
        #expect(Set(records + wholes).count == 3, "equal records hash alike")
        #expect(records.map(\.parts.count) == wholes.map(\.parts.count))
        for (index, record) in records.enumerated() {
            for (other, whole) in wholes.enumerated() where other != index { #expect(record != whole) }
        }
    }
}
