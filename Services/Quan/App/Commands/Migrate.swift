import ArgumentParser
import Foundation

/// `quan migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the tables of every service up to date, and runs nothing else.",
        discussion: """
            Services bring their tables up to date when they start; this does it ahead of that, on
            the installation's PostgreSQL or on the one that QUAN_DATABASE_HOST names. It is not for
            an installation that runs.

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
        let log = folder.log(of: service.name)
        let before = try await database.migrations(of: service)
        let status = try await Child.start([try Programs.file(service)], environment: settings, log: log).status()
        guard status == 0 else { throw Complaint("\(service.name) ended with status \(status); see \(log)") }
        let applied = try await database.migrations(of: service) - before
        print(
            "\(service.name): \(applied == 0 ? "was up to date" : "brought up to date by \(applied) migration\(applied == 1 ? "" : "s")")")
    }
}
