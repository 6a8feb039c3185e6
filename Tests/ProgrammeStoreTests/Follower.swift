import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import Programme
import ProgrammeStore
import Testing

/// A service that subscribes to programmes and answers questions about them.
enum Follower {
    static let registry = HandlerRegistry(service: "follower", rows: FollowerRows.self, commandsFrom: ["asker"]) {
        Subscribes(ProgrammePublishedHandler<FollowerRows>())
        Handles(NameCityHandler())
    }
}

/// Rows with only programmes.
struct FollowerRows: HasProgrammeRows {
    var programmes = ProgrammeRows()

    mutating func load(_ connection: PostgresConnection) async throws { try await programmes.load(connection) }
    func writes() throws -> [PostgresStep] { try programmes.writes() }
}

/// Asks for the city of a programme.
struct NameCity: Command {
    static let type = MessageType("follower", "name-city")
    let programmeID: String
    let version: Int?
    let mayWait: Bool
}

struct NameCityHandler: Handler {
    func requestRows(for input: NameCity, in rows: inout FollowerRows) {}

    func handle(_ input: NameCity, context: HandlingContext, rows: inout FollowerRows, output: inout HandlerOutput) throws {
        let ifUnknown: ProgrammeRows.UnknownProgrammePolicy = input.mayWait ? .wait : .refuse
        let programme =
            if let version = input.version {
                try rows.programmes.version(input.programmeID, version, ifUnknown: ifUnknown)
            } else {
                try rows.programmes.inForce(input.programmeID, at: context.now, ifUnknown: ifUnknown)
            }
        try output.answer("\(programme.city) \(programme.version)")
    }
}

/// The rows of services without state.
struct NoRows: UnitOfWork {
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

/// The programme of the repository, under any version and dates.
enum Texts {
    static let source = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Shared/Programmes")
        return try ProgrammeSource.read(
            file: folder.appending(path: "beijing-2026.yaml"), clauseFolder: folder.appending(path: "clauses"))
    }

    static func published(version: Int, from: String = "2026-02-09", changing: (String) -> String = { $0 }) throws -> ProgrammePublished {
        let source = try source.get()
        let text = source.programme.text.replacing("\nversion: 1\n", with: "\nversion: \(version)\n")
            .replacing("value: 2026-02-09\n", with: "value: \(from)\n")
        let altered = ProgrammeSource(
            programme: SourceText(name: source.programme.name, text: changing(text)), clauses: source.clauses,
            interpretations: source.interpretations)
        return ProgrammePublished(programmeID: "beijing-2026", version: version, files: ProgrammeFiles(altered))
    }
}
