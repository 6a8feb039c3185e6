import Foundation
import Hummingbird
import Kernel
import ServiceHost

extension HTTPRequestContext {
    /// An id in the path. Throws a `Refusal` under QUAN-07 for a text that is not a UUID, because no record has such an id.
    func id(_ name: String = "id") throws -> UUID {
        guard let id = parameters.get(name).flatMap(UUID.init(uuidString:)) else { throw PlatformRule.unknownReference.refusal() }
        return id
    }
}

/// The requested part of a list.
struct Page: Sendable {
    static let defaultLimit = 50
    static let maximumLimit = 200

    /// The maximum number of items.
    let limit: Int
    /// The `seq` of the last item of the page before; 0 for the first page.
    let after: Int64

    /// From `limit` and `after` of the query. Throws a `Refusal` under QUAN-01.
    init(_ request: Request) throws {
        limit = Int(try Self.number("limit", request, 1...Int64(Self.maximumLimit)) ?? Int64(Self.defaultLimit))
        after = try Self.number("after", request, 0...Int64.max) ?? 0
    }

    private static func number(_ name: String, _ request: Request, _ bounds: ClosedRange<Int64>) throws -> Int64? {
        guard let text = try request.parameter(name) else { return nil }
        guard let number = Int64(text), bounds.contains(number), text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "参数 \(name) 须为 \(bounds.lowerBound) 至 \(bounds.upperBound) 的整数。",
                    en: "The parameter \(name) must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)."))
        }
        return number
    }
}

extension Request {
    /// The maximum length of a filter, in Unicode scalars; no name is longer.
    static let maximumFilterCharacters = 200

    /// A decoded query parameter; nil where it is missing. Throws a `Refusal` under QUAN-01 for a repeated parameter, invalid UTF-8 and
    /// control characters.
    func parameter(_ name: String) throws -> String? {
        let given = (uri.query ?? "").split(separator: "&").filter { pair in
            pair.prefix { $0 != "=" }.removingPercentEncoding == name
        }
        guard given.count <= 1 else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "参数 \(name) 出现多次。", en: "The parameter \(name) is given more than once."))
        }
        guard let pair = given.first else { return nil }
        let value = pair.drop { $0 != "=" }.dropFirst()
        guard let text = value.removingPercentEncoding, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "参数 \(name) 须为不含控制字符的UTF-8文本（百分号编码）。",
                    en: "The parameter \(name) must be percent-encoded UTF-8 text without control characters."))
        }
        return text
    }

    /// A filter; nil where it is missing or empty. Throws a `Refusal` under QUAN-14 where it is too long.
    func filter(_ name: String) throws -> String? {
        guard let text = try parameter(name), !text.isEmpty else { return nil }
        guard text.unicodeScalars.count <= Self.maximumFilterCharacters else { throw PlatformRule.keyTooLong.refusal() }
        return text
    }

    /// A filter by id; nil where it is missing. Throws a `Refusal` under QUAN-01 for a text that is not a UUID.
    func filterID(_ name: String) throws -> UUID? {
        guard let text = try filter(name) else { return nil }
        guard let id = UUID(uuidString: text) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "参数 \(name) 须为UUID。", en: "The parameter \(name) must be a UUID."))
        }
        return id
    }
}
