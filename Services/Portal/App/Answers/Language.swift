import HTTPTypes
import Hummingbird
import Kernel

/// The language in which a caller wants the text of an answer that has only one; both languages are always there besides.
enum Language: Sendable, Hashable {
    case zh, en

    /// As `Accept-Language` has it; Chinese where nothing is said.
    init(of request: Request) {
        let wanted = request.headers[.acceptLanguage]?.lowercased().split(separator: ",").first ?? ""
        self = wanted.hasPrefix("en") ? .en : .zh
    }

    /// The text in it.
    func of(_ text: LocalisedText) -> String { self == .zh ? text.zh : text.en }
}
