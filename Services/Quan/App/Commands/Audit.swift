import ArgumentParser
import Foundation
import Messages
import Messaging
import Operations

/// `quan audit`
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verifies the services' audit trails.",
        discussion: """
            Every service chains its audit rows by hash and publishes the head of its chain from
            time to time. `verify` makes each service check its chain, and compares it with the
            heads stored by the other services. This detects rows that were changed, inserted or
            removed, and chains that were truncated or rewritten. Exit code 1 if any trail is broken.

            EXAMPLES
              quan audit verify
              quan audit verify ordering
              quan audit verify ordering --kafka kafka-1:9092
            """,
        subcommands: [Verify.self])

    /// `quan audit verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "verify", abstract: "Verifies the chains of audit rows.")

        @OptionGroup var place: InstallationOption

        @Argument(help: "The service; all services by default.")
        var service: String?

        func run() async throws {
            let installation = try Installation(place)
            let services = try service.map { [try installation.service($0)] } ?? installation.services
            let broken = try await installation.linked { link in
                var broken = 0
                for service in services {
                    let witnesses = installation.services.map(\.name).filter { $0 != service.name }
                    let finding = try await AuditFinding.of(service.name, witnesses: witnesses, link: link)
                    print(finding.summary)
                    if finding.problem != nil { broken += 1 }
                }
                return broken
            }
            if broken > 0 { throw ExitCode.failure }
        }
    }
}
