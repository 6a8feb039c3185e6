import Foundation
import Messages
import TestKit

/// A sample of every message type: the golden samples of the tests, of which there is one a type.
struct MessageSeeds: Sendable {
    struct Seed: Sendable {
        let type: MessageType
        let body: JSONTree
    }

    /// Every service of the platform; each has its topics.
    static let services = ["catalogue", "identity", "ordering", "timer", "portal", "redemption", "payout"]

    static let folder = Repository.root + "/Tests/MessagesTests/Golden"

    let all: [Seed]

    /// Reads the samples.
    init() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".json") }.sorted()
        all = try names.map { name in
            guard let type = MessageType(parsing: String(name.dropLast(".json".count))) else {
                throw CampaignError("\(name) names no type")
            }
            let sample = try JSONTree(reading: Data(contentsOf: URL(filePath: Self.folder + "/" + name)))
            return Seed(type: type, body: Self.withoutSeen(sample))
        }
    }

    /// The fields in which the portal says how many events it has been told. A reader waits for that many, and what comes behind waits too:
    /// a sender that names events which are never told stops the partition. No caller of the API can name any.
    private static let seen: Set = ["seen", "orderSeen", "programmeSeen"]

    private static func withoutSeen(_ sample: JSONTree) -> JSONTree {
        guard case .object(let fields) = sample else { return sample }
        return .object(fields.filter { !seen.contains($0.name) })
    }

    /// The topics a message could come on: mostly its service's own; for the platform's own any service's.
    static func topic(for type: MessageType, _ random: inout SplitMix64) -> String {
        let isEverybodys = type.service == "platform"
        let service = isEverybodys || random.oneIn(12) ? random.pick(services) : type.service
        switch random.below(10) {
        case 0: return Topic.replies
        case 1...5: return Topic.commands(of: service)
        default: return Topic.events(of: service)
        }
    }
}
