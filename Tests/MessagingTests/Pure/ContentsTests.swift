import Foundation
import Kafka
import Kernel
import Messages
import Testing
import Toys

@testable import Messaging

private struct Foreign: Command {
    static let type = MessageType("ordering", "place-order")
}

private struct ForeignHandler: Handler {
    func wants(_ input: Foreign, in rows: inout CounterRows) {}
    func handle(_ input: Foreign, context: HandlingContext, rows: inout CounterRows, say: inout Said) throws {}
}

struct OptionMistake: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (inout MessagingOptions) -> Void

    init(_ name: String, _ make: @escaping @Sendable (inout MessagingOptions) -> Void) {
        self.name = name
        self.make = make
    }

    var testDescription: String { name }

    static let all = [
        OptionMistake("lanes") { $0.lanes = 0 }, OptionMistake("batchAtMost") { $0.batchAtMost = 0 },
        OptionMistake("batchAtMost") { $0.batchAtMost = 10_001 }, OptionMistake("depthAPartition") { $0.depthAPartition = 0 },
        OptionMistake("relayLease") { $0.relayLease = .seconds(6) }, OptionMistake("produceTimeout") { $0.produceTimeout = .seconds(1) },
        OptionMistake("republishAtMost") { $0.republishAtMost = 0 }, OptionMistake("republishAtMost") { $0.republishAtMost = 5001 },
        OptionMistake("rowsBehindParkedAtMost") { $0.rowsBehindParkedAtMost = 0 },
        OptionMistake("inboxRetention") { $0.inboxRetention = $0.outboxRetention },
        OptionMistake("partitionsATopic") { $0.partitionsATopic = 0 },
        OptionMistake("partitionsATopic") { $0.partitionsATopic = 33 }, OptionMistake("replicationFactor") { $0.replicationFactor = 0 },
        OptionMistake("minInsyncReplicas") { $0.minInsyncReplicas = 0 },
        OptionMistake("stopDeadline") { $0.stopDeadline = .zero }, OptionMistake("handlerDeadline") { $0.handlerDeadline = .seconds(-1) },
        OptionMistake("sessionTimeout") { $0.sessionTimeout = .zero }, OptionMistake("relayIdlePause") { $0.relayIdlePause = .zero },
        OptionMistake("relayAlonePause") { $0.relayAlonePause = .zero },
        OptionMistake("patienceWithHoles") { $0.patienceWithHoles = .seconds(-1) },
        OptionMistake("patienceWithAnswers") { $0.patienceWithAnswers = .zero },
        OptionMistake("outboxRetention") { $0.outboxRetention = .zero },
    ]
}

@Suite("Tables of contents and options")
struct ContentsTests {
    @Test("a sound table has no problems and reads its commands, what it follows, and answers where it asks")
    func sound() {
        #expect(CounterService.contents.problems.isEmpty)
        #expect(CounterService.contents.topics == ["counter.commands"])
        #expect(AskerService.contents.topics == ["asker.commands", "counter.events", "replies"])
        #expect(
            CounterService.contents.usedTopics == ["counter.commands", "counter.events", "counter.parked", "replies", "asker.commands"])
        #expect(AskerService.contents.writers(to: "counter.events") == ["counter"])
        #expect(AskerService.contents.writers(to: "replies") == ["counter"])
        #expect(CounterService.contents.writers(to: "counter.commands") == ["asker"])
        #expect(CounterService.contents.writers(to: "unheard-of.events").isEmpty)
    }

    @Test("a type with two handlers and a command of another service are named")
    func problems() {
        let contents = Contents(service: "counter", rows: CounterRows.self) {
            Takes(AddAmountHandler())
            Takes(AddAmountHandler())
            Takes(ForeignHandler())
        }
        #expect(
            contents.problems == ["counter.add-amount.v1 has two handlers", "ordering.place-order.v1 is a command of another service"])
    }

    @Test("a service whose name cannot stand in a topic or an envelope is named", arguments: ["", "Counter", "a.b", "订单", "a b"])
    func badName(name: String) {
        let contents = Contents(service: name, rows: CounterRows.self) {}
        #expect(contents.problems.count == 1 && contents.problems[0].contains("name of a service"))
    }

    @Test("the default options have no problems")
    func defaults() { #expect(MessagingOptions().problems.isEmpty) }

    @Test("options that do not fit together, or bound nothing, are named", arguments: OptionMistake.all)
    func options(mistake: OptionMistake) {
        var options = MessagingOptions()
        mistake.make(&options)
        #expect(options.problems.contains { $0.hasPrefix(mistake.name + " ") }, "\(options.problems)")
    }

    @Test("a command's time may lie between the bounds on either side of the broker's, and no further")
    func timeBounds() {
        let bounds = CommandTimeBounds(ahead: .seconds(30), age: .seconds(3600))
        let broker = Date(timeIntervalSince1970: 1_778_342_399)
        for (offset, isRefused) in [(0.0, false), (30, false), (30.5, true), (-3600, false), (-3600.5, true), (1e12, true), (-1e12, true)] {
            let refusal = bounds.refusal(time: broker.addingTimeInterval(offset), brokerTime: broker)
            #expect((refusal?.clauses == ["QUAN-06"]) == isRefused, "\(offset)")
        }
        #expect(bounds.refusal(time: broker, brokerTime: nil) == nil)
    }

    @Test("headers come back from the table as they were, whatever bytes they hold")
    func storedHeaders() throws {
        let headers = [
            KafkaHeader("text", "合同"), KafkaHeader(name: "none", value: nil), KafkaHeader(name: "empty", value: []),
            KafkaHeader(name: "nul", value: [0x61, 0]), KafkaHeader(name: "bytes", value: [0xff, 0xfe, 0]), KafkaHeader("text", "again"),
        ]
        let json = try JSONEncoder().encode(StoredHeaders(headers))
        #expect(try JSONDecoder().decode(StoredHeaders.self, from: json).kafkaHeaders == headers)
        #expect(!json.contains(0))
    }
}
