import ArgumentParser
import Foundation
import Messages
import Operations
import StrictJSON

/// `quan clock`
struct Clock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Shows and advances the clock of a rehearsal.",
        discussion: """
            The clock of a rehearsal stands still until it is advanced. It is advanced only at
            quiescence: all messages are published and handled, and no timer is due. It stops at
            every due timer and waits for quiescence again. An installation that uses the wall clock
            refuses the command.

            EXAMPLES
              quan clock show
              quan clock advance --by 5d
              quan clock advance --to 2026-04-09T01:00:00Z
            """,
        subcommands: [Show.self, Advance.self])

    /// `quan clock show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows the current time of the installation.")

        @OptionGroup var place: InstallationOption

        func run() async throws {
            let time = try await ClockReading.read(try Installation(place))
            print("\(WireTime.text(time.now)) (\(time.rehearsal ? "rehearsal clock" : "wall clock"))")
        }
    }

    /// `quan clock advance`
    struct Advance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "advance", abstract: "Advances the clock, timer by timer.")

        @OptionGroup var place: InstallationOption

        @Option(help: ArgumentHelp("The instant to advance to.", valueName: "instant"))
        var to: Instant?

        @Option(help: ArgumentHelp("The time to advance by: 90s, 30m, 6h or 5d.", valueName: "time"))
        var by: TimeSpan?

        @Option(help: ArgumentHelp("Timeout.", valueName: "seconds"))
        var within = 600

        func validate() throws {
            guard (to == nil) != (by == nil) else { throw ValidationError("give either --to or --by") }
            guard (1...86_400).contains(within) else { throw ValidationError("--within must be from 1 to 86400 seconds, not \(within)") }
        }

        func run() async throws {
            let installation = try Installation(place)
            let time = try await ClockReading.read(installation)
            guard time.rehearsal else { throw CommandError("this installation uses the wall clock, which cannot be advanced") }
            let target = to?.date ?? time.now.addingTimeInterval(by?.seconds ?? 0)
            let barrier = Barrier(installation, deadline: .now + .seconds(within))
            try await installation.linked { link in
                try await barrier.advance(to: target, link: link) { Notice.print($0) }
            }
            print(WireTime.text(target))
        }
    }
}

/// A time span on the command line: `90s`, `30m`, `6h`, `5d`.
struct TimeSpan: ExpressibleByArgument {
    let seconds: TimeInterval

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()), (1...10_000_000).contains(count) else {
            return nil
        }
        seconds = TimeInterval(count * unit)
    }
}

/// The current time of an installation, read from its portal.
struct ClockReading: Decodable {
    let now: Date
    let rehearsal: Bool

    /// Covers a restart of the portal.
    private static let timeout = Duration.seconds(30)

    /// Queries the portal.
    static func read(_ installation: Installation) async throws -> ClockReading {
        let portal = try installation.service("portal")
        let end = ContinuousClock.now + timeout
        while true {
            do {
                return try await ask(portal)
            } catch {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private static func ask(_ portal: PlatformRecord.Service) async throws -> ClockReading {
        let answer = try await ServiceHTTP.get(portal.address, "/api/v1/clock", within: .seconds(10))
        guard answer.status == 200 else { throw CommandError("the portal answered /api/v1/clock with status \(answer.status)") }
        return try StrictJSON.decode(ClockReading.self, from: Array(answer.body))
    }
}
