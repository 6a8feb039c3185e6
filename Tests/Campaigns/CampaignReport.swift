import Foundation

/// What a campaign has found, item by item.
struct CampaignReport: Sendable {
    private(set) var passed = 0
    private(set) var failed = 0

    /// Notes how an item ended, and prints it: what was checked and, where it failed, what is wrong.
    mutating func note(_ item: String, passes: Bool, _ detail: String = "") {
        if passes { passed += 1 } else { failed += 1 }
        Progress.say("\(passes ? "PASS" : "FAIL")  \(item)\(detail.isEmpty ? "" : ": \(detail)")")
    }

    /// The line a campaign ends with.
    var closing: String { Self.closing(passed: passed, failed: failed) }

    /// The line a campaign ends with.
    static func closing(passed: Int, failed: Int) -> String { "\(passed) passed, \(failed) failed" }
}

/// Something that keeps a campaign from going on.
struct CampaignError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What is told on the way.
enum Progress {
    /// Prints a line at once, also into a pipe.
    static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}

/// Where a campaign keeps its logs.
struct CampaignFolder: Sendable {
    let path: String

    /// A new folder for a run.
    /// - Parameters:
    ///   - chosen: where the caller wants it; a new folder below the build's when nil.
    ///   - campaign: the campaign's name.
    init(_ chosen: String?, campaign: String) throws {
        let stamp = Date().formatted(
            .verbatim(
                "\(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)-\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)",
                timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
        path = chosen ?? Repository.root + "/.build/campaigns/\(campaign)-\(stamp)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        Progress.say("logs in \(path)")
    }
}

/// The repository this program was built from.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
