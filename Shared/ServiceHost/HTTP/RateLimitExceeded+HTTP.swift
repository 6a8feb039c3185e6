public import HTTPTypes
public import Kernel

extension RateLimitExceeded {
    private static let rateLimit = HTTPField.Name("RateLimit")
    private static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")

    /// The refusal under QUAN-29, with the limit and the time to wait in seconds.
    public var refusal: Refusal {
        PlatformRule.tooManyRequests.refusal().comparing("limit", limit.quota, .count).comparing("wait", seconds, .seconds)
    }

    /// The headers `Retry-After`, and `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers.
    public var headers: HTTPFields {
        var headers: HTTPFields = [.retryAfter: String(seconds)]
        let window = max(1, limit.window.components.seconds)
        if let name = Self.rateLimit { headers[name] = "\"\(limit.name)\";r=\(left);t=\(seconds)" }
        if let name = Self.rateLimitPolicy { headers[name] = "\"\(limit.name)\";q=\(limit.quota);w=\(window)" }
        return headers
    }
}
