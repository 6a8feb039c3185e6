import Foundation
import Kernel

/// Instants and dates in Beijing time.
func beijing(_ date: String, _ time: String = "12:00:00") throws -> Date {
    let parts = time.split(separator: ":").compactMap { Int($0) }
    let day = try CalendarDate(date)
    return BeijingTime.startOfDay(day).addingTimeInterval(Double(parts[0] * 3600 + parts[1] * 60 + parts[2]))
}

func day(_ text: String) throws -> CalendarDate { try CalendarDate(text) }
func yuan(_ yuan: Int64) -> Fen { Fen(yuan * 100) }
