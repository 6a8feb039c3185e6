import ArgumentParser
import Foundation
import Messaging

/// Which installation a command is about.
struct StateOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the installation; $XDG_STATE_HOME/quan, or /var/lib/quan for root, when not said.", valueName: "folder"))
    var state: String?

    /// The folder.
    var path: String { state ?? StateFolder.standard() }

    /// What a command about the same installation needs besides.
    func hint(_ folder: StateFolder) -> String { folder.path == StateFolder.standard() ? "" : " --state \(folder.path)" }
}

/// Which running installation a command is about: one that `quan up` started on this machine, or any other, by its Kafka.
struct InstallationOption: ParsableArguments {
    @OptionGroup var place: StateOption

    @Option(
        help: ArgumentHelp(
            "Kafka of an installation that `quan up` did not start, as host:port,...; QUAN_KAFKA_BOOTSTRAP_SERVERS when not said. Properties such as sasl.username are taken from QUAN_KAFKA_PROPERTIES_SASL_USERNAME and so on.",
            valueName: "servers"))
    var kafka: String?

    @Option(
        help: ArgumentHelp(
            "Where its services answer HTTP: one URL in which * stands for a service's name, or name=url,... QUAN_SERVICES_URL, or http://*:8080, when not said.",
            valueName: "url"))
    var servicesURL: String?
}

/// An instant as an operator writes it: RFC 3339, in UTC or with an offset.
struct Instant: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        guard let date = WireTime.instant(argument) ?? (try? Date(argument, strategy: .iso8601)) else { return nil }
        self.date = date
    }

    static var example: String { "2026-04-01T01:00:00Z" }
}

/// Services by their names: `ordering,timer`.
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
