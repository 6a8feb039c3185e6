import HTTPTypes
import Hummingbird
import Kernel

/// The language of the fields that hold one language only; `message` and `remedy` always hold both.
enum Language: Sendable, Hashable {
    case zh, en

    /// From the first entry of `Accept-Language`; Chinese without that header.
    init(of request: Request) {
        let requested = request.headers[.acceptLanguage]?.lowercased().split(separator: ",").first ?? ""
        self = requested.hasPrefix("en") ? .en : .zh
    }

    /// The text in this language.
    func of(_ text: LocalisedText) -> String { self == .zh ? text.zh : text.en }
}
