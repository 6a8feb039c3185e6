import Foundation
import Kernel
import Messages
import TestKit

/// A valid sample of every message type: the golden samples of the message tests.
struct MessageSeeds: Sendable {
    struct Seed: Sendable {
        let type: MessageType
        let body: JSONTree
    }

    /// Every service of the platform.
    static let services = ["catalogue", "identity", "ordering", "timer", "portal", "redemption", "payout"]

    static let folder = Repository.root + "/Tests/MessagesTests/Golden"

    let all: [Seed]

    /// Reads the samples.
    init() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".json") }.sorted()
        all = try names.map { name in
            guard let type = MessageType(parsing: String(name.dropLast(".json".count))) else {
                throw CampaignError("the file name \(name) is not a message type")
            }
            let sample = try JSONTree(reading: Data(contentsOf: URL(filePath: Self.folder + "/" + name)))
            return Seed(type: type, body: Self.withoutToken(sample))
        }
    }

    /// The fields of the consistency token. A reader waits for the versions in it, and the messages behind wait, too: a token with versions
    /// that are never published would stop the partition. Callers of the API cannot set these fields.
    private static let tokenFields: Set = ["consistencyToken", "knownOrderVersion", "knownProgrammeVersion"]

    private static func withoutToken(_ sample: JSONTree) -> JSONTree {
        guard case .object(let fields) = sample else { return sample }
        return .object(fields.filter { !tokenFields.contains($0.name) })
    }

    /// A topic for a message: usually one of its service; for a platform message, one of any service.
    static func topic(for type: MessageType, _ random: inout SplitMix64) -> String {
        let isPlatformMessage = type.service == "platform"
        let service = isPlatformMessage || random.oneIn(12) ? random.pick(services) : type.service
        switch random.below(10) {
        case 0: return Topic.replies
        case 1...5: return Topic.commands(of: service)
        default: return Topic.events(of: service)
        }
    }
}
