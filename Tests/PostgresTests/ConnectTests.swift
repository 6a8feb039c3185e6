import Foundation
import Postgres
import Subprocess
import TestKit
import Testing

@Suite("Connection errors are immediate and clear")
struct ConnectTests {
    private func refusal(_ configuration: PostgresConfiguration, deadline: Duration = .seconds(30)) async -> PostgresError? {
        let pool = PostgresPool(configuration, logger: quietLogger)
        let error = await postgresError { try await pool.withConnection(deadline: deadline) { try await $0.script("select") } }
        await pool.close(deadline: .seconds(15))
        return error
    }

    @Test("no such database")
    func noDatabase() async throws {
        let error = await refusal(try await PrivatePostgres.shared().configuration(database: "nowhere"))
        #expect(error?.kind == .connection)
        #expect(error?.sqlState == "3D000")
        #expect(error?.isTransient == false)
        #expect(error?.message.contains("\"nowhere\" does not exist") == true)
        #expect(error?.message.contains("create the database") == true)
    }

    @Test("a wrong password, over the socket and over TCP")
    func wrongPassword() async throws {
        var options = PrivatePostgres.Options()
        options.authentication = .password("correct horse")
        options.listensOnLoopback = true
        let server = try await PrivatePostgres.start(options)
        for overLoopback in [false, true] {
            var configuration = server.configuration(overLoopback: overLoopback)
            #expect(await refusal(configuration) == nil)
            configuration.password = "battery staple"
            let error = await refusal(configuration)
            #expect(error?.kind == .connection)
            #expect(error?.sqlState == "28P01")
            #expect(error?.isTransient == false)
            #expect(error?.message.contains("check the user and password") == true)
            #expect(error?.description.contains("battery staple") == false)
        }
        await server.discard()
    }

    @Test("no server: the error is transient, and the lease timeout contains the reason")
    func noServer() async throws {
        var configuration = PostgresConfiguration(host: "/tmp/quan-no-such-folder", database: "x", user: "x")
        let socket = await refusal(configuration, deadline: .seconds(15))
        #expect(socket?.kind == .leaseDeadline)
        #expect(socket?.isTransient == true)
        #expect(socket?.message.contains("No such file or directory") == true, "\(socket?.message ?? "")")
        configuration.host = "127.0.0.1"
        configuration.port = 1
        let tcp = await refusal(configuration, deadline: .seconds(15))
        #expect(tcp?.message.contains("refused") == true)
    }

    @Test("a host name that does not exist")
    func noHost() async throws {
        let configuration = PostgresConfiguration(host: "no-such-host.invalid", database: "x", user: "x")
        let error = await refusal(configuration, deadline: .seconds(8))
        #expect(error?.kind == .leaseDeadline)
        #expect(error?.message.contains("no-such-host.invalid") == true)
    }

    @Test("TLS: required from a server without it, verified against a root certificate, and a missing root certificate")
    func tls() async throws {
        let folder = try await TemporaryCertificates()
        defer { folder.remove() }
        let plain = try await PrivatePostgres.start(loopback())
        var configuration = plain.configuration(overLoopback: true)
        configuration.tls = PostgresTLS(mode: .require)
        let refused = await refusal(configuration, deadline: .seconds(15))
        #expect(refused?.message.contains("does not support SSL") == true)
        await plain.discard()

        var options = loopback()
        options.settings = ["ssl": "on", "ssl_cert_file": folder.certificate, "ssl_key_file": folder.key]
        let server = try await PrivatePostgres.start(options)
        configuration = server.configuration(overLoopback: true)
        configuration.tls = PostgresTLS(mode: .verifyFull, rootCertificate: folder.certificate)
        let pool = PostgresPool(configuration, logger: quietLogger)
        let encrypted = try await pool.withConnection { connection in
            try await connection.query(PostgresStatement("ssl", "select ssl from pg_stat_ssl where pid = pg_backend_pid()")).decode(
                Bool.self)
        }
        #expect(encrypted == [true])
        let text = String(repeating: "x", count: 3_000_000)
        let echo = PostgresStatement("echo", "select $1::text")
        #expect(try await pool.withConnection { try await $0.query(echo, text).decode(String.self) } == [text])
        await pool.close(deadline: .seconds(15))
        configuration.tls.rootCertificate = "/tmp/quan-no-such-root.pem"
        let noRoot = await refusal(configuration, deadline: .seconds(15))
        #expect(noRoot?.message.contains("quan-no-such-root.pem") == true)
        await server.discard()
    }

    private func loopback() -> PrivatePostgres.Options {
        var options = PrivatePostgres.Options()
        options.listensOnLoopback = true
        return options
    }
}

/// A self-signed certificate for 127.0.0.1, made by `openssl`, which PostgreSQL's package depends on.
private struct TemporaryCertificates {
    let certificate: String
    let key: String
    private let folder: String

    init() async throws {
        folder = "/tmp/quan-tls-\(UUID().uuidString.prefix(8))"
        certificate = folder + "/server.crt"
        key = folder + "/server.key"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The server accepts a key only if its user owns it and no other user can read it.
        let script = """
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
                -keyout '\(key)' -out '\(certificate)'
            chmod 600 '\(key)'
            if [ "$(id -u)" = 0 ]; then chown postgres '\(key)'; fi
            """
        let made = try await Subprocess.run(.name("sh"), arguments: ["-ec", script], output: .discarded)
        try #require(made.terminationStatus.isSuccess)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
