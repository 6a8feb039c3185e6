import Foundation
import LocalPostgres
import Testing

/// Runs deploy/postgres-roles.sh as the PostgreSQL image does, on a private server.
@Suite("deploy/postgres-roles.sh")
struct RoleScriptTests {
    @Test("each role has access only to its own database, and only with its own password")
    func roles() async throws {
        let file = try await ComposeFile.shared()
        let settings = try file.service("postgres").variables
        var options = PrivatePostgres.Options()
        options.authentication = .password(try #require(settings["POSTGRES_PASSWORD"]))
        let server = try await PrivatePostgres.start(options)
        try await RoleScript.run(settings, on: server)
        // Running it again must neither fail nor change anything.
        try await RoleScript.run(settings, on: server)
        let databases = try await databases(of: server, settings)
        #expect(Set(databases) == Set(ComposeFile.quanServices + ["postgres", "template0", "template1"]))
        for role in ComposeFile.quanServices {
            let password = try #require(settings["QUAN_\(role.uppercased())_DATABASE_PASSWORD"])
            for database in databases {
                let opened = try await RoleScript.open(database, of: server, as: role, password)
                if database == role {
                    #expect(opened.status == 0 && opened.output == "\(role)\n", "\(role): \(opened.errors)")
                } else {
                    #expect(opened.status != 0, "\(role) opens \(database)")
                    #expect(
                        opened.errors.contains("permission denied for database") || opened.errors.contains("not currently accepting"),
                        "\(role) at \(database): \(opened.errors)")
                }
            }
            let foreign = settings.filter { $0.key.hasSuffix("_PASSWORD") && $0.value != password }
            #expect(foreign.count == ComposeFile.quanServices.count)
            for (name, value) in foreign {
                let opened = try await RoleScript.open(role, of: server, as: role, value)
                #expect(opened.errors.contains("password authentication failed"), "\(role) with \(name)")
            }
            let above = try await RoleScript.open("postgres", of: server, as: "postgres", password)
            #expect(above.errors.contains("password authentication failed"), "the superuser with the password of \(role)")
        }
        let log = try String(contentsOfFile: server.folder + "/log", encoding: .utf8)
        for value in settings.filter({ $0.key.hasSuffix("_PASSWORD") }).values { #expect(!log.contains(value)) }
        await server.discard()
    }

    @Test("the script fails if a password is missing, and names it")
    func missing() async throws {
        let file = try await ComposeFile.shared()
        var settings = try file.service("postgres").variables
        settings["QUAN_TIMER_DATABASE_PASSWORD"] = ""
        var options = PrivatePostgres.Options()
        options.authentication = .password(try #require(settings["POSTGRES_PASSWORD"]))
        let server = try await PrivatePostgres.start(options)
        let run = try await RoleScript.start(settings, on: server)
        #expect(run.status == 64 && run.errors.contains("QUAN_TIMER_DATABASE_PASSWORD"), "\(run.errors)")
        await server.discard()
    }

    private func databases(of server: PrivatePostgres, _ settings: [String: String]) async throws -> [String] {
        let listed = try await Command.run(
            "/usr/bin/env",
            [
                "PGPASSWORD=\(settings["POSTGRES_PASSWORD"] ?? "")", "psql", "--no-psqlrc", "-h", server.folder, "-p", String(server.port),
                "-U",
                "postgres", "-Atc", "select datname from pg_database order by 1",
            ])
        return listed.output.split(separator: "\n").map(String.init)
    }
}

/// Runs the script with the container's environment and the server's address.
enum RoleScript {
    static func start(_ settings: [String: String], on server: PrivatePostgres) async throws -> Command {
        var environment = settings
        environment["PGHOST"] = server.folder
        environment["PGPORT"] = String(server.port)
        // The image's entrypoint sets this variable.
        environment["PGPASSWORD"] = settings["POSTGRES_PASSWORD"]
        return try await Command.run("/bin/bash", [Command.repository + "/deploy/postgres-roles.sh"], environment: environment)
    }

    static func run(_ settings: [String: String], on server: PrivatePostgres) async throws {
        let run = try await start(settings, on: server)
        try #require(run.status == 0, "\(run.output)\(run.errors)")
    }

    /// Connects to a database and queries the current user.
    static func open(_ database: String, of server: PrivatePostgres, as role: String, _ password: String) async throws -> Command {
        try await Command.run(
            "/usr/bin/psql",
            ["--no-psqlrc", "-h", server.folder, "-p", String(server.port), "-U", role, "-d", database, "-Atc", "select current_user"],
            environment: ["PGPASSWORD": password])
    }
}
