import Foundation
import Kernel

extension ProgrammeRows {
    /// There is no such programme, or no such version of it (QUAN-07).
    static func unknown(_ id: String, _ version: Int?) -> Refusal {
        let refusal = PlatformRule.unknownReference.refusal(
            LocalisedText(zh: "没有该项目或其版本。", en: "There is no such programme, or no such version of it.")
        ).comparing("programme", shown(id), .code)
        return version.map { refusal.comparing("version", $0, .count) } ?? refusal
    }

    /// The programme is known and none of its versions is in force at that instant (QUAN-07).
    static func notInForce(_ id: String, _ now: Date) -> Refusal {
        let refusal = PlatformRule.unknownReference.refusal(
            LocalisedText(zh: "该项目此时没有生效的版本。", en: "No version of the programme is in force at this time.")
        ).comparing("programme", shown(id), .code)
        guard let day = try? BeijingTime.date(at: now) else { return refusal }
        return refusal.comparing("given", day.description, .date)
    }

    /// What a caller wrote, short and harmless enough to repeat to them.
    private static func shown(_ id: String) -> String {
        String(id.prefix(64).filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
    }
}
