import Foundation
import Kernel
import Season
import Synchronization

/// Shows where the season is: on a terminal one line that moves on, elsewhere a line every few seconds. On standard error, so that the
/// tables can be piped.
final class SeasonProgress: Sendable {
    private static let width = 30
    private static let secondsBetweenLines = 5.0
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private let lastLine = Mutex<ContinuousClock.Instant?>(nil)

    /// Something that is not about a day.
    func say(_ text: String) {
        write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    }

    /// The play has come to that day.
    func tell(_ day: CalendarDate, _ tally: Tally) {
        let all = max(1, Season.opens.days(until: SeasonPlay.lastDay))
        let gone = min(all, max(0, Season.opens.days(until: day)))
        let filled = Self.width * gone / all
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

    /// Nothing more comes on the line.
    func end() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
