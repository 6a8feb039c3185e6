import ArgumentParser

/// Topics as an operator names them: `toy.commands:12,toy.events`.
struct TopicList: ExpressibleByArgument, Equatable {
    struct Topic: Equatable {
        let name: String
        let partitions: Int
    }

    /// What a topic without a number gets; the same as for topics that nobody named.
    private static let standardPartitions = 4
    private static let greatestPartitions = 1000
    private static let greatestNameCharacters = 249

    let topics: [Topic]

    init(topics: [Topic]) { self.topics = topics }

    init?(argument: String) {
        var topics: [Topic] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard let name = pieces.first, Self.isName(name), pieces.count <= 2 else { return nil }
            guard let partitions = pieces.count == 2 ? Int(pieces[1]) : Self.standardPartitions else { return nil }
            guard (1...Self.greatestPartitions).contains(partitions), !topics.contains(where: { $0.name == name }) else { return nil }
            topics.append(Topic(name: name, partitions: partitions))
        }
        self.topics = topics
    }

    var defaultValueDescription: String { "none" }

    /// Kafka's rule: letters, digits, dots, underscores and hyphens.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.count <= greatestNameCharacters && name != "." && name != ".."
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
