package import ArgumentParser
import Foundation

/// Selects an installation on this machine by its state folder.
package struct StateOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "State folder of the installation; $XDG_STATE_HOME/quan, or /var/lib/quan for root, by default.", valueName: "folder"))
    package var state: String?

    package init() {}

    /// The state folder's path.
    package var path: String { state ?? StateFolder.standard() }

    /// The option that other commands need for the same installation; empty for the default folder.
    package func hint(_ folder: StateFolder) -> String { folder.path == StateFolder.standard() ? "" : " --state \(folder.path)" }
}

/// Selects a running installation: one started by `quan up` on this machine, or any other by its Kafka servers.
package struct InstallationOption: ParsableArguments {
    @OptionGroup package var place: StateOption

    @Option(
        help: ArgumentHelp(
            "Kafka servers of an installation that `quan up` did not start, as host:port,...; QUAN_KAFKA_BOOTSTRAP_SERVERS by default. Properties such as sasl.username are read from variables such as QUAN_KAFKA_PROPERTIES_SASL_USERNAME.",
            valueName: "servers"))
    package var kafka: String?

    @Option(
        help: ArgumentHelp(
            "HTTP address of its services: one URL in which * stands for a service's name, or name=url,...; QUAN_SERVICES_URL, or http://*:8080, by default.",
            valueName: "url"))
    package var servicesURL: String?

    package init() {}
}

/// A list of services on the command line: `ordering,timer`.
package struct ServiceList: ExpressibleByArgument {
    package let services: [PlatformService]

    package init(services: [PlatformService]) { self.services = services }

    package init?(argument: String) {
        let names = argument.split(separator: ",").map(String.init)
        services = PlatformService.all.filter { names.contains($0.name) }
        guard !services.isEmpty, services.count == Set(names).count else { return nil }
    }

    package var defaultValueDescription: String { "all" }
}
