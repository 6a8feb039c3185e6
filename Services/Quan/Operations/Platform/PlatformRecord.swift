import Foundation
import StrictJSON

/// The addresses of a running installation, stored as `platform.json` in its state folder for other commands.
package struct PlatformRecord: Codable, Sendable {
    /// A running service.
    package struct Service: Codable, Sendable, Hashable {
        package let name: String
        /// Its process id; 0 if it runs on another machine.
        package let pid: Int32
        package let httpPort: Int
        /// Its host; nil for this machine.
        package var host: String?

        /// Its HTTP address.
        package var address: HTTPAddress { HTTPAddress(host: host ?? "127.0.0.1", port: httpPort) }
    }

    /// The process id of `quan up`.
    var pid: Int32
    /// The Kafka servers.
    package var kafkaBootstrapServers: String
    /// The database's host, or the folder of its socket.
    package var databaseHost: String
    /// The database's port.
    package var databasePort: Int
    /// The portal's URL.
    package var portal: String
    /// The URL of the sandbox's sign-in; nil if identity does not run.
    package var signIn: String?
    /// The URL of the sandbox's bank; nil if there is none.
    package var bank: String?
    /// Whether the installation is a rehearsal, which has its own clock.
    package var isRehearsal: Bool
    /// When the installation became ready; nil before.
    var readyAt: Date?
    /// The services, the first instance of each.
    package var services: [Service]
    /// The further instances of services; nil if there are none.
    var furtherInstances: [Service]?

    /// The file name in the state folder.
    static let file = "platform.json"

    /// Reads the record of a state folder. Throws a `CommandError` if no installation runs there.
    package static func read(in folder: String) throws -> PlatformRecord {
        let file = folder + "/" + Self.file
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandError(
                "no installation is running: there is no \(file); start one with `quan up`, or name its state folder with --state")
        }
        let record = try StrictJSON.decode(PlatformRecord.self, from: Array(data))
        guard kill(record.pid, 0) == 0 || errno == EPERM else {
            throw CommandError("`quan up` (process \(record.pid)) of \(folder) has ended; restart it")
        }
        return record
    }

    /// Writes the record.
    func write(in folder: StateFolder) throws {
        let encoder = StrictJSON.encoder(.prettyPrinted)
        encoder.dateEncodingStrategy = .iso8601
        try folder.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: Self.file)
    }
}
