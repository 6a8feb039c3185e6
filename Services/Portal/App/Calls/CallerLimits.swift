import Access
import HTTPTypes
import Hummingbird
import Kernel
import Messaging
import ServiceHost

/// What one caller may ask for in a time. A caller is a person of an organisation by its token; without a token that is good, the address.
struct CallerLimits: Sendable {
    private let requests: AllowanceBuckets
    private let anonymous: AllowanceBuckets
    private let uploads: AllowanceBuckets
    private let uploadedBytes: AllowanceBuckets

    /// The bounds of an installation that sets none.
    static let standard = CallerLimits(
        requestsPerSecond: 50, requestBurst: 150, anonymousPerSecond: 200, anonymousBurst: 2000, uploads: 500, uploadBytes: 256 << 20,
        uploadWindow: .seconds(3600))

    init(
        requestsPerSecond: Int, requestBurst: Int, anonymousPerSecond: Int, anonymousBurst: Int, uploads: Int, uploadBytes: Int,
        uploadWindow: Duration
    ) {
        requests = AllowanceBuckets(Allowance("requests", quota: requestBurst, window: .seconds(requestBurst) / requestsPerSecond))
        anonymous = AllowanceBuckets(Allowance("address", quota: anonymousBurst, window: .seconds(anonymousBurst) / anonymousPerSecond))
        self.uploads = AllowanceBuckets(Allowance("uploads", quota: uploads, window: uploadWindow))
        uploadedBytes = AllowanceBuckets(Allowance("upload-bytes", quota: uploadBytes, window: uploadWindow))
    }

    /// A person's request. Throws `AllowanceExceeded`.
    func request(by principal: Principal) throws { try requests.take(of: Self.name(principal)) }

    /// A request that names nobody, or whose token is none. Throws `AllowanceExceeded`.
    func request(from address: String) throws { try anonymous.take(of: address) }

    /// A paper that a person hands in: counted before it is read, its bytes as they are told. Throws `AllowanceExceeded`.
    func upload(by principal: Principal, bytes: Int) throws {
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
    /// The bounds as the settings have them.
    init(_ settings: Settings) {
        self.init(
            requestsPerSecond: settings[PortalSettings.requestsPerSecond], requestBurst: settings[PortalSettings.requestBurst],
            anonymousPerSecond: settings[PortalSettings.anonymousRequestsPerSecond],
            anonymousBurst: settings[PortalSettings.anonymousRequestBurst], uploads: settings[PortalSettings.uploads],
            uploadBytes: settings[PortalSettings.uploadBytes], uploadWindow: settings[PortalSettings.uploadWindow])
    }
}
