import ServiceHost

/// The settings of `portal` besides those every service has.
enum PortalSettings {
    static let outcomeWait = Setting.duration(
        "portal.outcomeWait", standard: .seconds(2), in: .milliseconds(10)...(.seconds(20)),
        "How long an answer over HTTP waits for the outcome of what was asked, before it says where to look later.")

    /// Where uploaded papers lie; the same folder for every service that reads them.
    static let filesPath = Setting.text(
        "files.path", standard: "/var/lib/quan/files", "Folder of the content-addressed store of papers, which every service may read.")

    static let requestsPerSecond = Setting.integer(
        "portal.requestsPerSecond", standard: 50, in: 1...1_000_000,
        "How many requests a second one person may make in the long run; an instance counts by itself.")
    static let requestBurst = Setting.integer(
        "portal.requestBurst", standard: 150, in: 1...1_000_000, "How many requests one person may make at once.")
    static let anonymousRequestsPerSecond = Setting.integer(
        "portal.anonymousRequestsPerSecond", standard: 200, in: 1...1_000_000,
        "How many requests a second may come from one address without a good token in the long run.")
    static let anonymousRequestBurst = Setting.integer(
        "portal.anonymousRequestBurst", standard: 2000, in: 1...1_000_000,
        "How many requests may come from one address without a good token at once.")
    static let uploads = Setting.integer(
        "portal.uploads", standard: 500, in: 1...10_000_000, "How many papers one person may upload within portal.uploadWindow.")
    static let uploadBytes = Setting.integer(
        "portal.uploadBytes", standard: 256 << 20, in: (5 << 20)...(1 << 50),
        "How many bytes of papers one person may upload within portal.uploadWindow; not less than one paper.")
    static let uploadWindow = Setting.duration(
        "portal.uploadWindow", standard: .seconds(3600), in: .seconds(1)...(.seconds(86_400)),
        "Within which time what a person uploads is counted.")

    static let all = [
        outcomeWait.declaration, filesPath.declaration, requestsPerSecond.declaration, requestBurst.declaration,
        anonymousRequestsPerSecond.declaration, anonymousRequestBurst.declaration, uploads.declaration, uploadBytes.declaration,
        uploadWindow.declaration,
    ]
}
