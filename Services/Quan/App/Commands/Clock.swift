import ArgumentParser
import Foundation
import Messages
import Messaging

/// `quan clock`
struct Clock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Shows and moves the clock of a rehearsal.",
        discussion: """
            The clock of a rehearsal stands still until it is moved. It moves only when nothing is
            under way: nobody has anything to publish, everybody has read everything, no timer is
            due. On its way it stops at every timer, waits until all that it set off has settled, and
            goes on. An installation that lives by the wall clock refuses.

            EXAMPLES
              quan clock show
              quan clock advance --by 5d
              quan clock advance --to 2026-04-09T01:00:00Z
            """,
        subcommands: [Show.self, Advance.self])

    /// `quan clock show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Tells what time it is there.")

        @OptionGroup var place: InstallationOption

        func run() async throws {
            let time = try await ClockReading.read(try Installation(place))
            print("\(WireTime.text(time.now)) (\(time.rehearsal ? "a rehearsal's clock" : "the wall clock"))")
        }
    }

    /// `quan clock advance`
    struct Advance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "advance", abstract: "Moves the clock on, timer by timer.")

        @OptionGroup var place: InstallationOption

        @Option(help: ArgumentHelp("Where to.", valueName: "instant"))
        var to: Instant?

        @Option(help: ArgumentHelp("How far: 90s, 30m, 6h or 5d.", valueName: "time"))
        var by: Span?

        @Option(help: ArgumentHelp("Give up after this many seconds.", valueName: "seconds"))
        var within = 600

        func validate() throws {
            guard (to == nil) != (by == nil) else { throw ValidationError("give one of --to and --by") }
            guard (1...86_400).contains(within) else { throw ValidationError("--within must be from 1 to 86400 seconds, not \(within)") }
        }

        func run() async throws {
            let installation = try Installation(place)
            let time = try await ClockReading.read(installation)
            guard time.rehearsal else { throw Complaint("this installation lives by the wall clock, which nobody moves") }
            let target = to?.date ?? time.now.addingTimeInterval(by?.seconds ?? 0)
            let barrier = Barrier(installation, deadline: .now + .seconds(within))
            try await installation.linked { link in
                try await barrier.advance(to: target, link: link) { Notice.say($0) }
            }
            print(WireTime.text(target))
        }
    }
}

/// A stretch of time as an operator writes it: `90s`, `30m`, `6h`, `5d`.
struct Span: ExpressibleByArgument {
    let seconds: TimeInterval

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()), (1...10_000_000).contains(count) else {
            return nil
        }
        seconds = TimeInterval(count * unit)
    }
}

/// What time it is in an installation, as its portal tells.
struct ClockReading: Decodable {
    let now: Date
    let rehearsal: Bool

    /// A portal that is just being started again is waited for this long.
    private static let patience = Duration.seconds(30)

    /// Asks the portal.
    static func read(_ installation: Installation) async throws -> ClockReading {
        let portal = try installation.service("portal")
        let end = ContinuousClock.now + patience
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
        guard answer.status == 200 else { throw Complaint("the portal does not tell the time: status \(answer.status)") }
        return try MessageBody.decode(ClockReading.self, from: Array(answer.body))
    }
}
