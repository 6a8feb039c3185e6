import Foundation
import Kafka
import Logging
import Messages
import Messaging

/// The running installation that a command is about.
struct Installation: Sendable {
    let record: PlatformRecord

    /// Finds it by its state folder.
    init(_ place: StateOption) throws { record = try PlatformRecord.read(in: place.path) }

    /// The installation of a record.
    init(record: PlatformRecord) { self.record = record }

    /// Its services.
    var services: [PlatformRecord.Service] { record.services }

    /// A service by its name. Throws a `Complaint` that names those there are.
    func service(_ name: String) throws -> PlatformRecord.Service {
        guard let found = services.first(where: { $0.name == name }) else {
            throw Complaint("there is no service '\(name)'; there are: \(services.map(\.name).joined(separator: ", "))")
        }
        return found
    }

    /// Opens a link to the services, and closes it after.
    func linked<R: Sendable>(_ body: (OperatorLink) async throws -> R) async throws -> R {
        try await Self.linked(kafka: record.kafkaBootstrapServers, body)
    }

    /// The same to a Kafka by its address.
    static func linked<R: Sendable>(kafka: String, _ body: (OperatorLink) async throws -> R) async throws -> R {
        let link = try await link(kafka: kafka)
        do {
            let result = try await body(link)
            await link.close()
            return result
        } catch {
            await link.close()
            throw error
        }
    }

    /// A link that whoever asked for it closes.
    static func link(kafka: String) async throws -> OperatorLink {
        var logger = Logger(label: "quan") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        return try await OperatorLink(
            source: "quan", kafka: KafkaConfiguration(bootstrapServers: kafka, clientID: "quan"), logger: logger)
    }
}

extension Outcome {
    /// The outcome of a command that was done. Throws a `Complaint` that tells the refusal of one that was not.
    func orComplain() throws -> Outcome {
        guard let refusal else { return self }
        throw Complaint(refusal.told)
    }

    /// What the handler answered.
    func answer<A: Decodable>(_ type: A.Type) throws -> A {
        do {
            return try MessageBody.decode(type, from: Array((result ?? "null").utf8))
        } catch {
            throw Complaint("the answer to \(commandType) is not what was expected: \(error)")
        }
    }
}
