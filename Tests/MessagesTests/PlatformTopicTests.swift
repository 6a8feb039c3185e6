import Messages
import Testing

@Suite("Topics of the platform")
struct PlatformTopicTests {
    private func topic(_ name: String) throws -> PlatformTopic { try #require(PlatformTopic.all.first { $0.name == name }, "\(name)") }

    @Test("every service has its three topics, there is one for answers, and there are no others")
    func complete() {
        let names = Set(PlatformTopic.services.flatMap(Topic.all(of:)))
        #expect(PlatformTopic.all.map(\.name) == names.sorted())
        #expect(PlatformTopic.services.count == 7)
        #expect(PlatformTopic.all.count == 22)
    }

    @Test("only the service reads its commands and writes its events, and no service reads notices of parked messages")
    func own() throws {
        for service in PlatformTopic.services {
            #expect(try topic("\(service).commands").readers == [service])
            #expect(try topic("\(service).events").writers == [service])
            #expect(try topic("\(service).parked").writers == [service])
            #expect(try topic("\(service).parked").readers == [])
        }
    }

    @Test("the operator's tool writes to every service's commands, reads the answers, and has no topics")
    func tool() throws {
        for service in PlatformTopic.services { #expect(try topic("\(service).commands").writers.contains("quan"), "\(service)") }
        #expect(try topic("replies").readers == ["portal", "quan"])
        #expect(!PlatformTopic.all.contains { $0.name.hasPrefix("quan.") })
    }

    @Test("the reader of a topic may send commands to its writer, to request republication")
    func asking() throws {
        for topic in PlatformTopic.all {
            for reader in topic.readers where reader != PlatformTopic.operatorTool {
                for writer in topic.writers where writer != PlatformTopic.operatorTool {
                    #expect(try self.topic("\(writer).commands").writers.contains(reader), "\(reader) reads \(topic.name) of \(writer)")
                }
            }
        }
    }

    @Test("only notices of parked messages have one partition, and commands and events are retained as long as in the outboxes")
    func kinds() {
        for topic in PlatformTopic.all {
            #expect(topic.isSpread == (topic.kind != .parked), "\(topic.name)")
            #expect(topic.retentionDays == [.commands: 14, .events: 14, .replies: 7, .parked: 28][topic.kind], "\(topic.name)")
        }
    }

    @Test("a service uses its own topics, the answers, and the topics that it reads or writes of others")
    func used() {
        let names = PlatformTopic.used(by: "timer").map(\.name)
        #expect(names.contains("timer.commands") && names.contains("timer.events") && names.contains("replies"))
        #expect(!names.contains("payout.events"))
        #expect(!names.contains("ordering.parked"))
    }
}
