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
    private static let standard = 50
    private static let greatest = 200

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
        guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
        guard let number = Int64(text), bounds.contains(number) else {
            throw PlatformRule.malformedMessage.refusal(
                LocalisedText(
                    zh: "参数 \(name) 须为 \(bounds.lowerBound) 至 \(bounds.upperBound) 的整数。",
                    en: "The parameter \(name) is a whole number from \(bounds.lowerBound) to \(bounds.upperBound)."))
        }
        return number
    }
}

extension Request {
    /// A filter of the query; nil where it is not given. A text longer than any name is a `Refusal` under QUAN-14.
    func filter(_ name: String) throws -> String? {
        guard let text = uri.queryParameters[Substring(name)], !text.isEmpty else { return nil }
        guard text.utf8.count <= 200, !text.utf8.contains(0) else { throw PlatformRule.keyTooLong.refusal() }
        return String(text)
    }
}
