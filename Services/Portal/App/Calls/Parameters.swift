import Foundation
import Hummingbird
import Kernel
import ServiceHost

extension HTTPRequestContext {
    /// An id in the path. Throws a `Refusal` under QUAN-07 for what is no id: there is nothing of that name.
    func id(_ name: String = "id") throws -> UUID {
        guard let id = parameters.get(name).flatMap(UUID.init(uuidString:)) else { throw PlatformRule.unknownReference.refusal() }
        return id
    }
}

/// Which part of a list is wanted.
struct Page: Sendable {
    static let standard = 50
    static let greatest = 200

    /// At most so many things.
    let limit: Int
    /// Things behind this one.
    let after: Int64

    /// From `limit` and `after` of the query. Throws a `Refusal` under QUAN-01.
    init(_ request: Request) throws {
        limit = Int(try Self.number("limit", request, 1...Int64(Self.greatest)) ?? Int64(Self.standard))
        after = try Self.number("after", request, 0...Int64.max) ?? 0
    }

    private static func number(_ name: String, _ request: Request, _ bounds: ClosedRange<Int64>) throws -> Int64? {
        guard let text = try request.parameter(name) else { return nil }
        guard let number = Int64(text), bounds.contains(number), text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "参数 \(name) 须为 \(bounds.lowerBound) 至 \(bounds.upperBound) 的整数。",
                    en: "The parameter \(name) is a whole number from \(bounds.lowerBound) to \(bounds.upperBound)."))
        }
        return number
    }
}

extension Request {
    /// The longest name there is.
    static let greatestFilterCharacters = 200

    /// A parameter of the query as it reads; nil where it is not given. Throws a `Refusal` under QUAN-01 for one that is given twice or is
    /// no text.
    func parameter(_ name: String) throws -> String? {
        let given = (uri.query ?? "").split(separator: "&").filter { pair in
            pair.prefix { $0 != "=" }.removingPercentEncoding == name
        }
        guard given.count <= 1 else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(zh: "参数 \(name) 出现多次。", en: "The parameter \(name) stands more than once."))
        }
        guard let pair = given.first else { return nil }
        let value = pair.drop { $0 != "=" }.dropFirst()
        guard let text = value.removingPercentEncoding, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "参数 \(name) 须为不含控制字符的UTF-8文本（百分号编码）。",
                    en: "The parameter \(name) is percent-encoded UTF-8 text without control characters."))
        }
        return text
    }

    /// A filter of the query; nil where it is not given or empty. A text longer than any name is a `Refusal` under QUAN-14.
    func filter(_ name: String) throws -> String? {
        guard let text = try parameter(name), !text.isEmpty else { return nil }
        guard text.unicodeScalars.count <= Self.greatestFilterCharacters else { throw PlatformRule.keyTooLong.refusal() }
        return text
    }

    /// A filter that is an id; nil where it is not given. What is no id is a `Refusal` under QUAN-01.
    func filterID(_ name: String) throws -> UUID? {
        guard let text = try filter(name) else { return nil }
        guard let id = UUID(uuidString: text) else {
            throw PlatformRule.malformedMessage.refusal(LocalisedText(zh: "参数 \(name) 须为UUID。", en: "The parameter \(name) is a UUID."))
        }
        return id
    }
}
