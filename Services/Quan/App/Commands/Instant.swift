import ArgumentParser
import Foundation
import StrictJSON

/// An instant on the command line: RFC 3339, in UTC or with an offset.
struct Instant: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        guard let date = WireTime.instant(argument) ?? (try? Date(argument, strategy: .iso8601)) else { return nil }
        self.date = date
    }

    static var example: String { "2026-04-01T01:00:00Z" }
}
