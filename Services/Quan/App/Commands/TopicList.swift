import ArgumentParser

/// A list of topics on the command line: `toy.commands:12,toy.events`.
struct TopicList: ExpressibleByArgument, Equatable {
    struct Topic: Equatable {
        let name: String
        let partitions: Int
    }

    /// The partitions of a topic without a number; the embedded broker uses the same default for unnamed topics.
    private static let standardPartitions = 4
    private static let maximumPartitions = 1000
    private static let maximumNameCharacters = 249

    let topics: [Topic]

    init(topics: [Topic]) { self.topics = topics }

    init?(argument: String) {
        var topics: [Topic] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard let name = pieces.first, Self.isName(name), pieces.count <= 2 else { return nil }
            guard let partitions = pieces.count == 2 ? Int(pieces[1]) : Self.standardPartitions else { return nil }
            guard (1...Self.maximumPartitions).contains(partitions), !topics.contains(where: { $0.name == name }) else { return nil }
            topics.append(Topic(name: name, partitions: partitions))
        }
        self.topics = topics
    }

    var defaultValueDescription: String { "none" }

    /// Kafka's rule: letters, digits, dots, underscores and hyphens.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.count <= maximumNameCharacters && name != "." && name != ".."
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
