import Foundation
import Kernel

extension ProgrammeRows {
    /// The refusal (QUAN-07) for an unknown programme or version.
    static func unknown(_ id: String, _ version: Int?) -> Refusal {
        let refusal = PlatformRule.unknownReference.refusal(
            LocalisedText(zh: "没有该项目或其版本。", en: "There is no such programme, or no such version of it.")
        ).comparing("programme", shown(id), .code)
        return version.map { refusal.comparing("version", $0, .count) } ?? refusal
    }

    /// The refusal (QUAN-07) for a known programme without a version in force at `now`.
    static func notInForce(_ id: String, _ now: Date) -> Refusal {
        let refusal = PlatformRule.unknownReference.refusal(
            LocalisedText(zh: "该项目此时没有生效的版本。", en: "No version of the programme is in force at this time.")
        ).comparing("programme", shown(id), .code)
        guard let day = try? BeijingTime.date(at: now) else { return refusal }
        return refusal.comparing("given", day.description, .date)
    }

    /// The caller's text, shortened and restricted to characters that are safe to repeat.
    private static func shown(_ id: String) -> String {
        String(id.prefix(64).filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
    }
}
