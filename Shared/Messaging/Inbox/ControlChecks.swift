import Kernel
import Messages

// Checks of requests to the messaging layer. Their values end up in topic names, in the audit trail and in answers.

extension Republish {
    /// The request, with each shard once.
    func checked() throws(EnvelopeFault) -> Republish {
        guard topic.isTopicName else { throw .bodyNotOfType("topic: the name of a topic was expected") }
        guard places.allSatisfy({ (0..<Shard.count).contains($0.shard) }) else {
            throw .bodyNotOfType("places: shards from 0 to \(Shard.count - 1) were expected")
        }
        let lowest = Dictionary(places.map { ($0.shard, $0.after) }, uniquingKeysWith: min)
        return Republish(
            topic: topic, places: lowest.sorted { $0.key < $1.key }.map { Place(shard: $0.key, after: max(0, $0.value)) },
            recordsAtMost: recordsAtMost)
    }
}

extension DiscardParked {
    func checked() throws(EnvelopeFault) -> DiscardParked {
        guard operatorName.isStorableText(bytes: 200) else { throw .bodyNotOfType("operatorName: 1 to 200 bytes of text were expected") }
        guard reason.isStorableText(bytes: 2000) else { throw .bodyNotOfType("reason: 1 to 2000 bytes of text were expected") }
        return self
    }
}

extension String {
    /// Whether Kafka accepts it as a topic name.
    fileprivate var isTopicName: Bool {
        (1...249).contains(utf8.count) && self != "." && self != ".."
            && utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
                    || [0x2e, 0x5f, 0x2d].contains(byte)
            }
    }

    /// Whether PostgreSQL can store it: not empty, at most `limit` bytes, no NUL.
    fileprivate func isStorableText(bytes limit: Int) -> Bool { (1...limit).contains(utf8.count) && !utf8.contains(0) }
}
