import Foundation
import Kafka
import Logging
import Messages
import Messaging
import StrictJSON

/// Writes large records so that the embedded broker, which keeps 5 MiB a partition, drops the records before them.
///
/// The services ignore every such record: on `commands` it is one command of an unknown type, which is refused; on `events` it is the first
/// event of a key of another service, repeated; on `replies` it is the answer to an unknown command.
struct LogFiller {
    private static let bodyBytes = 800 << 10
    private static let recordsAPartition = 8

    let kafka: KafkaConfiguration
    let logger: Logger

    func push(out topics: [String], partitions: Int) async throws {
        let options = KafkaProducerOptions(compression: .none, messageTimeout: .seconds(20))
        let producer = try KafkaProducer(kafka, options: options, logger: logger)
        for topic in topics {
            for partition in 0..<Int32(partitions) {
                let record = record(topic, partition)
                for result in await producer.send(Array(repeating: record, count: Self.recordsAPartition)) {
                    if case .failure(let error) = result {
                        logger.warning("a filler record was not acknowledged", metadata: ["error": "\(error)"])
                    }
                }
            }
        }
        await producer.close(deadline: .seconds(5))
    }

    private func record(_ topic: String, _ partition: Int32) -> KafkaProducerRecord {
        let id = UUID(uuid: (0xf1, 0x11, 0xe4, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, UInt8(partition)))
        let text = String(repeating: "x", count: Self.bodyBytes)
        var headers = [
            KafkaHeader("ce_specversion", "1.0"), KafkaHeader("ce_id", id.uuidString.lowercased()), KafkaHeader("ce_source", "filler"),
            KafkaHeader("ce_time", WireTime.text(Date())), KafkaHeader("content-type", "application/json"),
        ]
        var body = #"{"filler":"\#(text)"}"#
        switch topic {
        case Topic.replies:
            headers.append(KafkaHeader("ce_type", Outcome.type.description))
            body = #"{"commandID":"\#(id.uuidString)","commandType":"filler.ask.v1","result":"\#(text)"}"#
        case Topic.commands(of: "counter"): headers.append(KafkaHeader("ce_type", "counter.filler.v1"))
        default:
            headers += [
                KafkaHeader("ce_type", "filler.noise-made.v1"), KafkaHeader("ce_keyversion", "1"), KafkaHeader("ce_shard", "\(partition)"),
                KafkaHeader("ce_sequence", "1"),
            ]
        }
        return KafkaProducerRecord(
            topic: topic, partition: partition, key: Array("filler-\(partition)".utf8), value: Array(body.utf8), headers: headers)
    }
}
