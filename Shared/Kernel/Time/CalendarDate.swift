/// A day of the Gregorian calendar, years 1 to 9999, without a time or a time zone.
///
/// Encoded as "2026-05-09". In Quan every date is a day in Asia/Shanghai; `BeijingTime` converts between dates and instants.
public struct CalendarDate: Sendable, Hashable {
    /// 1 to 9999.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to the length of the month.
    public let day: Int

    /// The day of that year, month and day of the month. Throws `CalendarError.noSuchDay` for 30 February and the like.
    public init(year: Int, month: Int, day: Int) throws(CalendarError) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...Self.length(ofMonth: month, year: year)).contains(day) else {
            throw .noSuchDay(year: year, month: month, day: day)
        }
        self.init(unchecked: year, month, day)
    }

    init(unchecked year: Int, _ month: Int, _ day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Whether the year has a 29 February.
    public static func isLeap(year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    /// The number of days of a month, 1 to 12; a month that is not has none.
    public static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year: year) ? 29 : 28
        case 4, 6, 9, 11: 30
        case 1...12: 31
        default: 0
        }
    }
}

extension CalendarDate: Comparable {
    /// Whether `left` is the earlier day.
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension CalendarDate: Codable, CustomStringConvertible {
    /// "2026-05-09".
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            String(repeating: "0", count: width - String(number).count) + String(number)
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Parses exactly the form 2026-05-09: ten ASCII characters and an existing day.
    public init(_ text: String) throws(CalendarError) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { throw .notADate }
        func number(_ places: Range<Int>) throws(CalendarError) -> Int {
            var number = 0
            for byte in bytes[places] {
                guard (0x30...0x39).contains(byte) else { throw .notADate }
                number = number * 10 + Int(byte - 0x30)
            }
            return number
        }
        try self.init(year: number(0..<4), month: number(5..<7), day: number(8..<10))
    }

    /// Decodes the text form; anything else is a decoding error with the reason.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
