import Foundation

/// Where everything of a running installation is: `platform.json` in its state folder. Other commands find it there.
struct PlatformRecord: Codable, Sendable {
    /// One service as it runs.
    struct Service: Codable, Sendable, Hashable {
        let name: String
        /// Its process on this machine; 0 where it runs elsewhere.
        let pid: Int32
        let httpPort: Int
        /// Where it runs; nil for this machine.
        var host: String?

        /// Where it answers HTTP.
        var address: HTTPAddress { HTTPAddress(host: host ?? "127.0.0.1", port: httpPort) }
    }

    /// The process of `quan up`.
    var pid: Int32
    /// Where Kafka is.
    var kafkaBootstrapServers: String
    /// The host of the database, or the folder of its socket.
    var databaseHost: String
    /// Its port.
    var databasePort: Int
    /// Where the portal is.
    var portal: String
    /// Where the sandbox's sign-in is; nil without the service that has it.
    var signIn: String?
    /// Where the sandbox's bank is; nil where there is none.
    var bank: String?
    /// Whether the installation has a clock of its own.
    var isRehearsal: Bool
    /// When it was ready; nil before.
    var readyAt: Date?
    /// The services.
    var services: [Service]

    /// The record's name in the state folder.
    static let file = "platform.json"

    /// Reads the record of a state folder. Throws a `Complaint` where nothing runs there.
    static func read(in folder: String) throws -> PlatformRecord {
        let file = folder + "/" + Self.file
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Complaint("nothing runs here: there is no \(file); start it with `quan up`, or name its folder with --state")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let record = try decoder.decode(PlatformRecord.self, from: data)
        guard kill(record.pid, 0) == 0 || errno == EPERM else {
            throw Complaint("`quan up` (process \(record.pid)) of \(folder) has ended; start it again")
        }
        return record
    }

    /// Writes the record.
    func write(in folder: StateFolder) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        try folder.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: Self.file)
    }
}
