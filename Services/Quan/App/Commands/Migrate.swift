import ArgumentParser
import Foundation
import Operations

/// `quan migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Applies the database migrations of every service.",
        discussion: """
            Services apply their migrations when they start. This applies them in advance, on the
            installation's PostgreSQL or on the server in QUAN_DATABASE_HOST. The installation must
            not be running.

            EXAMPLES
              quan migrate
              quan migrate --state /srv/quan
            """)

    @OptionGroup var place: StateOption

    @Option(help: ArgumentHelp("Only these services.", valueName: "name,..."))
    var services: ServiceList = ServiceList(services: PlatformService.all)

    func run() async throws {
        let folder = try StateFolder(path: place.path)
        try folder.lock()
        let environment = ProcessInfo.processInfo.environment
        let database = try await PlatformDatabase.open(folder, environment: environment)
        do {
            try await database.prepare(services.services)
            for service in services.services { try await migrate(service, on: database, folder, environment) }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private func migrate(
        _ service: PlatformService, on database: PlatformDatabase, _ folder: StateFolder, _ environment: [String: String]
    ) async throws {
        var settings = OneMachine.settings(of: service, environment: environment, embedded: nil, rehearsal: nil)
        settings.merge(try database.environment(of: service)) { $1 }
        settings.merge(try folder.settings(of: service)) { given, _ in given }
        settings["QUAN_INSTANCE_MIGRATE_ONLY"] = "true"
        // Nothing is sent to a bank.
        if service.name == "payout", settings["QUAN_PAYOUT_BANK_URL"] == nil { settings["QUAN_PAYOUT_BANK_URL"] = Platform.noBank }
        let log = folder.log(of: service.name)
        let before = try await database.migrations(of: service)
        let status = try await Child.start([try Programs.file(service)], environment: settings, log: log).status()
        guard status == 0 else { throw CommandError("\(service.name) ended with status \(status); see \(log)") }
        let applied = try await database.migrations(of: service) - before
        print(
            "\(service.name): \(applied == 0 ? "up to date" : "\(applied) migration\(applied == 1 ? "" : "s") applied")")
    }
}
