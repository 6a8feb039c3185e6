import Access
import HTTPTypes
import Hummingbird
import Kernel
import ServiceHost
import StrictJSON

/// The rate limits of one caller. A caller is the person and organisation of the token, or the address where there is no valid token.
struct CallerLimits: Sendable {
    private let requests: TokenBuckets
    private let anonymous: TokenBuckets
    private let uploads: TokenBuckets
    private let uploadedBytes: TokenBuckets

    /// The limits of an installation that configures none.
    static let standard = CallerLimits(
        requestsPerSecond: 50, requestBurst: 150, anonymousPerSecond: 200, anonymousBurst: 2000, uploads: 500, uploadBytes: 256 << 20,
        uploadWindow: .seconds(3600))

    init(
        requestsPerSecond: Int, requestBurst: Int, anonymousPerSecond: Int, anonymousBurst: Int, uploads: Int, uploadBytes: Int,
        uploadWindow: Duration
    ) {
        requests = TokenBuckets(RateLimit("requests", quota: requestBurst, window: .seconds(requestBurst) / requestsPerSecond))
        anonymous = TokenBuckets(RateLimit("address", quota: anonymousBurst, window: .seconds(anonymousBurst) / anonymousPerSecond))
        self.uploads = TokenBuckets(RateLimit("uploads", quota: uploads, window: uploadWindow))
        uploadedBytes = TokenBuckets(RateLimit("upload-bytes", quota: uploadBytes, window: uploadWindow))
    }

    /// Counts a request of an authenticated person. Throws `RateLimitExceeded`.
    func countRequest(by principal: Principal) throws { try requests.take(of: Self.name(principal)) }

    /// Counts a request without a valid token. Throws `RateLimitExceeded`.
    func countRequest(from address: String) throws { try anonymous.take(of: address) }

    /// Counts an upload before its body is read, by the announced number of bytes. Throws `RateLimitExceeded`.
    func countUpload(by principal: Principal, bytes: Int) throws {
        let name = Self.name(principal)
        try uploads.take(of: name)
        do {
            try uploadedBytes.take(bytes, of: name)
        } catch {
            uploads.giveBack(of: name)
            throw error
        }
    }

    private static func name(_ principal: Principal) -> String { "\(principal.organisation.lowercased)/\(principal.person)" }
}

extension CallerLimits {
    /// The limits from the settings.
    init(_ settings: Settings) {
        self.init(
            requestsPerSecond: settings[PortalSettings.requestsPerSecond], requestBurst: settings[PortalSettings.requestBurst],
            anonymousPerSecond: settings[PortalSettings.anonymousRequestsPerSecond],
            anonymousBurst: settings[PortalSettings.anonymousRequestBurst], uploads: settings[PortalSettings.uploads],
            uploadBytes: settings[PortalSettings.uploadBytes], uploadWindow: settings[PortalSettings.uploadWindow])
    }
}
