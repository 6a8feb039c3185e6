import Foundation
import Kafka
import LocalPostgres
import Testing

/// Tests of docker-compose.yml as Docker Compose resolves it. They start no container, because that needs an engine.
@Suite("docker-compose.yml")
struct ComposeTests {
    private static let brokers = ["kafka-1", "kafka-2", "kafka-3"]

    @Test("Compose accepts the file; it contains three brokers, PostgreSQL, every service and the set-up jobs")
    func isValid() async throws {
        let file = try await ComposeFile.shared()
        #expect(
            Set(file.services.keys)
                == Set(ComposeFile.quanServices + Self.brokers + ["kafka-acls", "postgres", "programmes", "operator", "bank"]))
        for name in ComposeFile.quanServices { #expect(file.services[name]?.build?.args["PRODUCT"] == "quan-\(name)") }
    }

    @Test("an acknowledged message is on two brokers of three, unclean leader election and automatic topic creation are off")
    func replication() async throws {
        let file = try await ComposeFile.shared()
        for broker in Self.brokers {
            let settings = try file.service(broker).variables
            #expect(settings["KAFKA_DEFAULT_REPLICATION_FACTOR"] == "3")
            #expect(settings["KAFKA_MIN_INSYNC_REPLICAS"] == "2")
            #expect(settings["KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE"] == "false")
            #expect(settings["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false")
        }
    }

    @Test("every container has resource limits, a rotated log, a read-only root, no capability and no new privileges")
    func hardened() async throws {
        let file = try await ComposeFile.shared()
        for (name, service) in file.services {
            #expect(service.readOnly == true, "\(name)")
            #expect(service.capDrop == ["ALL"], "\(name)")
            #expect(service.securityOpt == ["no-new-privileges:true"], "\(name)")
            #expect(service.memLimit != nil && service.cpus != nil && service.pidsLimit != nil, "\(name)")
            #expect(service.logging?.options["max-size"] != nil && service.logging?.options["max-file"] != nil, "\(name)")
            #expect(service.restart == "no" || service.restart == "unless-stopped", "\(name)")
        }
    }

    @Test("images have exact versions; digests are not in the Dockerfile")
    func versions() async throws {
        let file = try await ComposeFile.shared()
        let exact = /[a-z\/]+:\d+\.\d+(\.\d+)?(-[a-z]+)?/
        for (name, service) in file.services {
            if let image = service.image { #expect(image.wholeMatch(of: exact) != nil, "\(name): \(image)") }
            #expect((service.image == nil) != (service.build == nil), "\(name)")
        }
        let dockerfile = try String(contentsOfFile: Command.repository + "/deploy/Dockerfile", encoding: .utf8)
        #expect(dockerfile.contains(/ARG SWIFT_IMAGE=swift:\d+\.\d+\.\d+-bookworm\n/))
        #expect(dockerfile.contains(/ARG RUNTIME_IMAGE=debian:bookworm-\d{8}-slim\n/))
        #expect(!dockerfile.contains("sha256:"))
    }

    @Test("only portal and identity publish a port, and only on loopback")
    func ports() async throws {
        let file = try await ComposeFile.shared()
        let ports = file.services.flatMap { name, service in (service.ports ?? []).map { "\(name) \($0.text)" } }
        #expect(Set(ports) == ["portal 127.0.0.1:8080:8080/tcp", "identity 127.0.0.1:8081:8080/tcp"])
    }

    // MARK: secrets

    @Test("without secrets Compose fails and says how to make them; no secret has a default")
    func noDefaults() async throws {
        let empty = FileManager.default.temporaryDirectory.appending(path: "quan-compose-\(UUID().uuidString)").path
        try "".write(toFile: empty, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: empty) }
        let refused = try await ComposeFile.config(["--env-file", empty])
        #expect(refused.status != 0 && refused.errors.contains("deploy/make-secrets.sh"), "\(refused.errors)")
        let text = try String(contentsOfFile: ComposeFile.path, encoding: .utf8)
        for variable in text.matches(of: /\$\{([A-Z_]+)(:?[-?+])?/) where variable.1.contains(/PASSWORD|KEY|CLUSTER/) {
            #expect(variable.2 == nil || variable.2 == ":?", "\(variable.0)")
            #expect(text.contains("${\(variable.1):?"), "\(variable.1) is not required anywhere")
        }
    }

    @Test("each secret is given only to the containers that need it: the superuser's password only to the database")
    func secrets() async throws {
        let file = try await ComposeFile.shared()
        var holders: [String: Set<String>] = [
            "QUAN_POSTGRES_PASSWORD": ["postgres"],
            "QUAN_KAFKA_BROKER_PASSWORD": Set(Self.brokers),
            "QUAN_KAFKA_SETUP_PASSWORD": Set(Self.brokers + ["kafka-acls"]),
            "QUAN_OPERATOR_KAFKA_PASSWORD": Set(Self.brokers + ["programmes", "operator"]),
            "QUAN_IDENTITY_MASTER_KEY": ["identity"],
            "QUAN_PAYOUT_MASTER_KEYS": ["payout"],
        ]
        for name in ComposeFile.quanServices {
            holders["QUAN_\(name.uppercased())_DATABASE_PASSWORD"] = ["postgres", name]
            holders["QUAN_\(name.uppercased())_KAFKA_PASSWORD"] = Set(Self.brokers + [name])
        }
        let made = file.secrets.keys.filter { $0.contains(/PASSWORD|KEY/) }
        #expect(Set(made) == Set(holders.keys))
        #expect(Set(made.compactMap { file.secrets[$0] }).count == made.count, "all secrets differ")
        for (secret, allowed) in holders {
            let value = try #require(file.secrets[secret])
            let given = file.services.filter { $0.value.variables.values.contains { $0.contains(value) } }.keys
            #expect(Set(given) == allowed, "\(secret)")
        }
    }

    @Test("the script does not overwrite .env, only the owner can read it, and the certificate contains the brokers' names")
    func making() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-secrets-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = Command.repository + "/deploy/make-secrets.sh"
        let made = try await Command.run(script, [folder])
        try #require(made.status == 0, "\(made.errors)")
        let written = try String(contentsOfFile: folder + "/.env", encoding: .utf8)
        #expect(written.contains("QUAN_OFFICES=\n") && !written.contains("SANDBOX"), "without --sandbox there are no defaults")
        let again = try await Command.run(script, [folder])
        #expect(again.status == 65, "\(again.errors)")
        #expect(try String(contentsOfFile: folder + "/.env", encoding: .utf8) == written)
        func others(_ path: String) throws -> Int? {
            (try FileManager.default.attributesOfItem(atPath: folder + path)[.posixPermissions] as? Int).map { $0 & 0o077 }
        }
        #expect(try others("/.env") == 0 && others("/deploy/tls") == 0)
        let refused = try await ComposeFile.config(["--env-file", folder + "/.env"])
        #expect(refused.status != 0 && refused.errors.contains("set the"), "\(refused.errors)")
        let tls = folder + "/deploy/tls"
        for broker in Self.brokers {
            let checked = try await Command.run(
                "/usr/bin/openssl", ["verify", "-CAfile", tls + "/ca.pem", "-verify_hostname", broker, tls + "/kafka.pem"])
            #expect(checked.status == 0, "\(broker): \(checked.output)\(checked.errors)")
        }
        let other = try await Command.run(
            "/usr/bin/openssl", ["verify", "-CAfile", tls + "/ca.pem", "-verify_hostname", "postgres", tls + "/kafka.pem"])
        #expect(other.status != 0)
        // Kafka reads PKCS#8 keys only.
        #expect(try String(contentsOfFile: tls + "/kafka.pem", encoding: .utf8).hasPrefix("-----BEGIN PRIVATE KEY-----"))
    }

    @Test("the build context contains no secret, and git ignores the secrets")
    func context() throws {
        let lines = try String(contentsOfFile: Command.repository + "/.dockerignore", encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
        #expect(lines.first == "*")
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("!") })
        #expect(Set(lines.dropFirst()) == ["!Package.swift", "!Package.resolved", "!Services", "!Shared", "!Tests", "!deploy/probe.sh"])
        let ignored = try String(contentsOfFile: Command.repository + "/.gitignore", encoding: .utf8).split(separator: "\n")
        #expect(ignored.contains(".env") && ignored.contains("deploy/tls/") && ignored.contains("deploy/digests.yml"))
    }

    // MARK: readiness

    @Test("`up --wait` succeeds only when orders can be placed: it waits for every service, and accepts the end of a job")
    func readiness() async throws {
        let file = try await ComposeFile.shared()
        for (name, service) in file.services where service.profiles?.contains("operator") != true {
            if service.isJob {
                // Compose treats the end of a container as a failure, unless another container waits for its success.
                let waiting = file.services.filter { $0.value.dependsOn?[name]?.condition == "service_completed_successfully" }
                #expect(!waiting.isEmpty, "\(name)")
            } else {
                #expect(service.healthcheck?.test != nil && service.healthcheck?.startPeriod != nil, "\(name)")
            }
        }
        let acls = try file.service("kafka-acls").dependsOn ?? [:]
        #expect(acls.filter { $0.value.condition == "service_healthy" }.keys.sorted() == Self.brokers)
        for name in ComposeFile.quanServices {
            let needs = try file.service(name).dependsOn ?? [:]
            #expect(needs["kafka-acls"]?.condition == "service_completed_successfully", "\(name)")
            #expect(needs["postgres"]?.condition == "service_healthy", "\(name)")
            #expect(try file.service(name).healthcheck?.test?.joined(separator: " ").contains("/opt/quan/probe /health/ready") == true)
        }
        // The job waits for the services it names, which must be ready. The portal is not among them, because it waits for the job.
        let programmes = try file.service("programmes")
        let others = ComposeFile.quanServices.filter { $0 != "portal" }
        #expect(programmes.dependsOn?.filter { $0.value.condition == "service_healthy" }.keys.sorted() == others.sorted())
        #expect(programmes.variables["QUAN_SERVICES_URL"] == others.map { "\($0)=http://\($0):8080" }.joined(separator: ","))
        #expect(try file.service("portal").dependsOn?["programmes"]?.condition == "service_completed_successfully")
        #expect(try file.service("portal").healthcheck?.test?.last?.contains("/api/v1/programmes") == true)
    }

    @Test("no health check starts a Java program; PostgreSQL's check uses TCP, which is closed while the database is created")
    func cheapChecks() async throws {
        let file = try await ComposeFile.shared()
        for (name, service) in file.services {
            let check = (service.healthcheck?.test ?? []).joined(separator: " ")
            #expect(!check.contains(".sh") && !check.contains("java"), "\(name): \(check)")
        }
        let postgres = try #require(try file.service("postgres").healthcheck?.test)
        #expect(postgres.starts(with: ["CMD", "pg_isready", "-h", "127.0.0.1"]))
    }

    @Test("a broker is healthy only if its client port is open")
    func brokersCheck() async throws {
        let file = try await ComposeFile.shared()
        let check = try #require(try file.service("kafka-1").healthcheck?.test?.last)
        let clients = ":\(String(9092, radix: 16, uppercase: true)) "
        #expect(check.contains(clients))
        func sees(_ port: Int) async throws -> Bool {
            // Four digits, as the kernel writes them.
            let digits = String(String(0x1_0000 + port, radix: 16, uppercase: true).dropFirst())
            return try await Command.run("/bin/sh", ["-c", check.replacing(clients, with: ":\(digits) ")]).status == 0
        }
        let broker = try EmbeddedBroker()
        let port = try #require(broker.bootstrapServers.split(separator: ":").last.flatMap { Int($0) })
        #expect(try await sees(port))
        #expect(try await !sees(try LoopbackPort.free()))
        await broker.close()
    }

    // MARK: digests

    @Test("the digests file is written only if the registry returns a digest for every image")
    func digests() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quan-digests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        func docker(_ body: String) throws {
            try ("#!/bin/bash\n" + body).write(toFile: folder + "/docker", atomically: true, encoding: .utf8)
            chmod(folder + "/docker", 0o755)
        }
        let script = Command.repository + "/deploy/resolve-digests.sh"
        let target = folder + "/digests.yml"

        try docker("[[ $4 == postgres* ]] && exit 1; echo sha256:\(String(repeating: "a", count: 64))")
        let failed = try await Command.run(script, [target], environment: ["PATH": path])
        #expect(failed.status == 69 && failed.errors.contains("postgres"), "\(failed.errors)")
        #expect(!FileManager.default.fileExists(atPath: target))

        // A digest derived from the image's name.
        try docker("printf 'sha256:%s\\n' \"$(printf %s \"$4\" | sha256sum | cut -c1-64)\"")
        let done = try await Command.run(script, [target], environment: ["PATH": path])
        #expect(done.status == 0, "\(done.errors)")
        let file = try await ComposeFile.shared()
        let pinned = try await ComposeFile.config(["--file", target, "--env-file", file.folder + "/.env"])
        #expect(pinned.status == 0, "\(pinned.errors)")
        for service in file.services.values.compactMap(\.image) {
            #expect(pinned.output.contains("image: \(service)@sha256:"), "\(service)")
        }
        #expect(pinned.output.matches(of: /SWIFT_IMAGE: swift:[^@\n]*@sha256:/).count == file.services.values.count { $0.build != nil })
        #expect(pinned.output.matches(of: /RUNTIME_IMAGE: debian:[^@\n]*@sha256:/).count == file.services.values.count { $0.build != nil })
    }
}
