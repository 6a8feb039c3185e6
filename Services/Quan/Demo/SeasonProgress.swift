import Foundation
import Kernel
import Season
import Synchronization

/// Shows the progress of a season on standard error: a progress bar on a terminal, otherwise a line every few seconds.
final class SeasonProgress: Sendable {
    private static let width = 30
    private static let secondsBetweenLines = 5.0
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private let lastLine = Mutex<ContinuousClock.Instant?>(nil)

    /// Shows a message.
    func report(_ text: String) {
        write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    }

    /// Shows the current day of the season.
    func update(_ day: CalendarDate, _ tally: Tally) {
        let all = max(1, Season.opens.days(until: SeasonRunner.lastDay))
        let passed = min(all, max(0, Season.opens.days(until: day)))
        let filled = Self.width * passed / all
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        let text = "\(bar) \(day)  \(tally.done(.place)) orders, \(tally.done(.publish)) redemptions decided"
        if isTerminal { return write("\r\u{1B}[K\(text)") }
        let isDue = lastLine.withLock { last in
            guard let before = last, .now - before < .seconds(Self.secondsBetweenLines) else {
                last = .now
                return true
            }
            return false
        }
        if isDue { write(text + "\n") }
    }

    /// Removes the progress bar.
    func end() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
