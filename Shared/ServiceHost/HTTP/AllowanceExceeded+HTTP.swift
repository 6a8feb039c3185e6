public import HTTPTypes
public import Kernel

extension AllowanceExceeded {
    private static let rateLimit = HTTPField.Name("RateLimit")
    private static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")

    /// The refusal under QUAN-29, with the bound and how long to wait.
    public var refusal: Refusal {
        PlatformRule.tooManyRequests.refusal().comparing("limit", allowance.quota, .count).comparing("wait", seconds, .seconds)
    }

    /// `Retry-After`, and what draft-ietf-httpapi-ratelimit-headers has for it.
    public var headers: HTTPFields {
        var headers: HTTPFields = [.retryAfter: String(seconds)]
        let window = max(1, allowance.window.components.seconds)
        if let name = Self.rateLimit { headers[name] = "\"\(allowance.name)\";r=\(left);t=\(seconds)" }
        if let name = Self.rateLimitPolicy { headers[name] = "\"\(allowance.name)\";q=\(allowance.quota);w=\(window)" }
        return headers
    }
}
