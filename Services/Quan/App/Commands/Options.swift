import ArgumentParser
import Foundation
import Messaging

/// Selects an installation on this machine by its state folder.
struct StateOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "State folder of the installation; $XDG_STATE_HOME/quan, or /var/lib/quan for root, by default.", valueName: "folder"))
    var state: String?

    /// The state folder's path.
    var path: String { state ?? StateFolder.standard() }

    /// The option that other commands need for the same installation; empty for the default folder.
    func hint(_ folder: StateFolder) -> String { folder.path == StateFolder.standard() ? "" : " --state \(folder.path)" }
}

/// Selects a running installation: one started by `quan up` on this machine, or any other by its Kafka servers.
struct InstallationOption: ParsableArguments {
    @OptionGroup var place: StateOption

    @Option(
        help: ArgumentHelp(
            "Kafka servers of an installation that `quan up` did not start, as host:port,...; QUAN_KAFKA_BOOTSTRAP_SERVERS by default. Properties such as sasl.username are read from variables such as QUAN_KAFKA_PROPERTIES_SASL_USERNAME.",
            valueName: "servers"))
    var kafka: String?

    @Option(
        help: ArgumentHelp(
            "HTTP address of its services: one URL in which * stands for a service's name, or name=url,...; QUAN_SERVICES_URL, or http://*:8080, by default.",
            valueName: "url"))
    var servicesURL: String?
}

/// An instant on the command line: RFC 3339, in UTC or with an offset.
struct Instant: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        guard let date = WireTime.instant(argument) ?? (try? Date(argument, strategy: .iso8601)) else { return nil }
        self.date = date
    }

    static var example: String { "2026-04-01T01:00:00Z" }
}

/// A list of services on the command line: `ordering,timer`.
struct ServiceList: ExpressibleByArgument {
    let services: [PlatformService]

    init(services: [PlatformService]) { self.services = services }

    init?(argument: String) {
        let names = argument.split(separator: ",").map(String.init)
        services = PlatformService.all.filter { names.contains($0.name) }
        guard !services.isEmpty, services.count == Set(names).count else { return nil }
    }

    var defaultValueDescription: String { "all" }
}
