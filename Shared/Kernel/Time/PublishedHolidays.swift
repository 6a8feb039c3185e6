extension WorkingDayCalendar {
    /// The holidays published by the State Council, 2019 to 2026 (国务院办公厅关于部分节假日安排的通知, one per year; for 2020 with the
    /// extension of the Spring Festival to 2 February, 国办发明电〔2020〕1号).
    ///
    /// The notice for 2027 was not published when this was written; it may still change a day of December 2026.
    public static let stateCouncil = WorkingDayCalendar(years: 2019...2026, special: Holiday.published.flatMap(\.days))
}

/// One holiday of a published year: weekdays off and working weekend days, each as month * 100 + day.
private struct Holiday {
    let year: Int
    let name: String
    let off: [Int]
    let work: [Int]

    init(_ year: Int, _ name: String, off: [Int], work: [Int] = []) {
        (self.year, self.name, self.off, self.work) = (year, name, off, work)
    }

    var days: [SpecialDay] {
        func days(_ kind: SpecialDay.Kind, _ places: [Int]) -> [SpecialDay] {
            places.map { SpecialDay(date: CalendarDate(unchecked: year, $0 / 100, $0 % 100), kind: kind, holiday: name) }
        }
        return days(.off, off) + days(.work, work)
    }

    static let published = [
        Holiday(2019, "元旦", off: [101]),
        Holiday(2019, "春节", off: [204, 205, 206, 207, 208], work: [202, 203]),
        Holiday(2019, "清明节", off: [405]),
        Holiday(2019, "劳动节", off: [501, 502, 503], work: [428, 505]),
        Holiday(2019, "端午节", off: [607]),
        Holiday(2019, "中秋节", off: [913]),
        Holiday(2019, "国庆节", off: [1001, 1002, 1003, 1004, 1007], work: [929, 1012]),
        Holiday(2020, "元旦", off: [101]),
        Holiday(2020, "春节", off: [124, 127, 128, 129, 130, 131], work: [119]),
        Holiday(2020, "清明节", off: [406]),
        Holiday(2020, "劳动节", off: [501, 504, 505], work: [426, 509]),
        Holiday(2020, "端午节", off: [625, 626], work: [628]),
        Holiday(2020, "国庆节、中秋节", off: [1001, 1002, 1005, 1006, 1007, 1008], work: [927, 1010]),
        Holiday(2021, "元旦", off: [101]),
        Holiday(2021, "春节", off: [211, 212, 215, 216, 217], work: [207, 220]),
        Holiday(2021, "清明节", off: [405]),
        Holiday(2021, "劳动节", off: [503, 504, 505], work: [425, 508]),
        Holiday(2021, "端午节", off: [614]),
        Holiday(2021, "中秋节", off: [920, 921], work: [918]),
        Holiday(2021, "国庆节", off: [1001, 1004, 1005, 1006, 1007], work: [926, 1009]),
        Holiday(2022, "元旦", off: [103]),
        Holiday(2022, "春节", off: [131, 201, 202, 203, 204], work: [129, 130]),
        Holiday(2022, "清明节", off: [404, 405], work: [402]),
        Holiday(2022, "劳动节", off: [502, 503, 504], work: [424, 507]),
        Holiday(2022, "端午节", off: [603]),
        Holiday(2022, "中秋节", off: [912]),
        Holiday(2022, "国庆节", off: [1003, 1004, 1005, 1006, 1007], work: [1008, 1009]),
        Holiday(2023, "元旦", off: [102]),
        Holiday(2023, "春节", off: [123, 124, 125, 126, 127], work: [128, 129]),
        Holiday(2023, "清明节", off: [405]),
        Holiday(2023, "劳动节", off: [501, 502, 503], work: [423, 506]),
        Holiday(2023, "端午节", off: [622, 623], work: [625]),
        Holiday(2023, "中秋节、国庆节", off: [929, 1002, 1003, 1004, 1005, 1006], work: [1007, 1008]),
        Holiday(2024, "元旦", off: [101]),
        Holiday(2024, "春节", off: [212, 213, 214, 215, 216], work: [204, 218]),
        Holiday(2024, "清明节", off: [404, 405], work: [407]),
        Holiday(2024, "劳动节", off: [501, 502, 503], work: [428, 511]),
        Holiday(2024, "端午节", off: [610]),
        Holiday(2024, "中秋节", off: [916, 917], work: [914]),
        Holiday(2024, "国庆节", off: [1001, 1002, 1003, 1004, 1007], work: [929, 1012]),
        Holiday(2025, "元旦", off: [101]),
        Holiday(2025, "春节", off: [128, 129, 130, 131, 203, 204], work: [126, 208]),
        Holiday(2025, "清明节", off: [404]),
        Holiday(2025, "劳动节", off: [501, 502, 505], work: [427]),
        Holiday(2025, "端午节", off: [602]),
        Holiday(2025, "国庆节、中秋节", off: [1001, 1002, 1003, 1006, 1007, 1008], work: [928, 1011]),
        Holiday(2026, "元旦", off: [101, 102], work: [104]),
        Holiday(2026, "春节", off: [216, 217, 218, 219, 220, 223], work: [214, 228]),
        Holiday(2026, "清明节", off: [406]),
        Holiday(2026, "劳动节", off: [501, 504, 505], work: [509]),
        Holiday(2026, "端午节", off: [619]),
        Holiday(2026, "国庆节", off: [1001, 1002, 1005, 1006, 1007], work: [920, 1010]),
        Holiday(2026, "中秋节", off: [925]),
    ]
}
