import Foundation

/// The results of a campaign, check by check.
struct CampaignReport: Sendable {
    private(set) var passed = 0
    private(set) var failed = 0

    /// Records and prints the result of a check, with details of a failure.
    mutating func record(_ check: String, passes: Bool, _ detail: String = "") {
        if passes { passed += 1 } else { failed += 1 }
        Progress.report("\(passes ? "PASS" : "FAIL")  \(check)\(detail.isEmpty ? "" : ": \(detail)")")
    }

    /// The last line of a campaign's output.
    var closing: String { Self.closing(passed: passed, failed: failed) }

    /// The last line of a campaign's output.
    static func closing(passed: Int, failed: Int) -> String { "\(passed) passed, \(failed) failed" }
}

/// A failure that ends a campaign.
struct CampaignError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Reports the progress of a campaign.
enum Progress {
    /// Prints a line and flushes the output, which may be a pipe.
    static func report(_ line: String) {
        print(line)
        fflush(nil)
    }
}

/// The folder of a campaign's logs.
struct CampaignFolder: Sendable {
    let path: String

    /// Creates the folder of a run.
    /// - Parameters:
    ///   - chosen: the path; nil for a new folder in `.build`.
    ///   - campaign: the campaign's name.
    init(_ chosen: String?, campaign: String) throws {
        let stamp = Date().formatted(
            .verbatim(
                "\(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)-\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)",
                timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
        path = chosen ?? Repository.root + "/.build/campaigns/\(campaign)-\(stamp)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        Progress.report("logs in \(path)")
    }
}

/// The repository this program was built from.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
