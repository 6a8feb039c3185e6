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
    func requestRows(for input: Foreign, in rows: inout CounterRows) {}
    func handle(_ input: Foreign, context: HandlingContext, rows: inout CounterRows, output: inout HandlerOutput) throws {}
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
        OptionMistake("workers") { $0.workers = 0 }, OptionMistake("batchAtMost") { $0.batchAtMost = 0 },
        OptionMistake("batchAtMost") { $0.batchAtMost = 10_001 },
        OptionMistake("recordsPerPartitionAtMost") { $0.recordsPerPartitionAtMost = 0 },
        OptionMistake("relayLease") { $0.relayLease = .seconds(6) }, OptionMistake("produceTimeout") { $0.produceTimeout = .seconds(1) },
        OptionMistake("republishAtMost") { $0.republishAtMost = 0 }, OptionMistake("republishAtMost") { $0.republishAtMost = 5001 },
        OptionMistake("rowsPerParkedKeyAtMost") { $0.rowsPerParkedKeyAtMost = 0 },
        OptionMistake("inboxRetention") { $0.inboxRetention = $0.outboxRetention },
        OptionMistake("partitionsPerTopic") { $0.partitionsPerTopic = 0 },
        OptionMistake("partitionsPerTopic") { $0.partitionsPerTopic = 33 }, OptionMistake("replicationFactor") { $0.replicationFactor = 0 },
        OptionMistake("minInsyncReplicas") { $0.minInsyncReplicas = 0 },
        OptionMistake("stopDeadline") { $0.stopDeadline = .zero }, OptionMistake("handlerDeadline") { $0.handlerDeadline = .seconds(-1) },
        OptionMistake("sessionTimeout") { $0.sessionTimeout = .zero }, OptionMistake("relayPollInterval") { $0.relayPollInterval = .zero },
        OptionMistake("gapTimeout") { $0.gapTimeout = .seconds(-1) },
        OptionMistake("republishTimeout") { $0.republishTimeout = .zero },
        OptionMistake("outboxRetention") { $0.outboxRetention = .zero },
    ]
}

@Suite("Handler registry and options")
struct HandlerRegistryTests {
    @Test("a valid registry has no problems and reads its commands, its subscriptions, and replies if it sends commands")
    func sound() {
        #expect(CounterService.registry.problems.isEmpty)
        #expect(CounterService.registry.topics == ["counter.commands"])
        #expect(AskerService.registry.topics == ["asker.commands", "counter.events", "replies"])
        #expect(
            CounterService.registry.usedTopics == ["counter.commands", "counter.events", "counter.parked", "replies", "asker.commands"])
        #expect(AskerService.registry.writers(to: "counter.events") == ["counter"])
        #expect(AskerService.registry.writers(to: "replies") == ["counter"])
        #expect(CounterService.registry.writers(to: "counter.commands") == ["asker"])
        #expect(CounterService.registry.writers(to: "unheard-of.events").isEmpty)
    }

    @Test("a type with two handlers and a command of another service are named")
    func problems() {
        let registry = HandlerRegistry(service: "counter", rows: CounterRows.self) {
            Handles(AddAmountHandler())
            Handles(AddAmountHandler())
            Handles(ForeignHandler())
        }
        #expect(
            registry.problems == ["counter.add-amount.v1 has two handlers", "ordering.place-order.v1 is a command of another service"])
    }

    @Test("a service name that is not valid in topics and envelopes is a problem", arguments: ["", "Counter", "a.b", "订单", "a b"])
    func badName(name: String) {
        let registry = HandlerRegistry(service: name, rows: CounterRows.self) {}
        #expect(registry.problems.count == 1 && registry.problems[0].contains("name of a service"))
    }

    @Test("the default options have no problems")
    func defaults() { #expect(MessagingOptions().problems.isEmpty) }

    @Test("inconsistent options, and options without a bound, are named", arguments: OptionMistake.all)
    func options(mistake: OptionMistake) {
        var options = MessagingOptions()
        mistake.make(&options)
        #expect(options.problems.contains { $0.hasPrefix(mistake.name + " ") }, "\(options.problems)")
    }

    @Test("QUAN-06: a command's time may differ from the broker's within the bounds, and no further")
    func timeBounds() {
        let bounds = CommandTimeBounds(ahead: .seconds(30), age: .seconds(3600))
        let broker = Date(timeIntervalSince1970: 1_778_342_399)
        for (offset, isRefused) in [(0.0, false), (30, false), (30.5, true), (-3600, false), (-3600.5, true), (1e12, true), (-1e12, true)] {
            let refusal = bounds.refusal(time: broker.addingTimeInterval(offset), brokerTime: broker)
            #expect((refusal?.clauses == ["QUAN-06"]) == isRefused, "\(offset)")
        }
        #expect(bounds.refusal(time: broker, brokerTime: nil) == nil)
    }

    @Test("stored headers survive a round trip, whatever bytes they contain")
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
