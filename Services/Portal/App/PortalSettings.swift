import ServiceHost

/// The settings of `portal` in addition to those of every service.
enum PortalSettings {
    static let outcomeWait = Setting.duration(
        "portal.outcomeWait", standard: .seconds(2), in: .milliseconds(10)...(.seconds(20)),
        "How long an HTTP request waits for the outcome of its command before it is answered with 202.")

    /// All services that read papers must use the same folder.
    static let filesPath = Setting.text(
        "files.path", standard: "/var/lib/quan/files",
        "Folder of the content-addressed store of uploaded papers, shared by the services that read them.")

    static let requestsPerSecond = Setting.integer(
        "portal.requestsPerSecond", standard: 50, in: 1...1_000_000,
        "Sustained requests per second of one person; each instance counts separately.")
    static let requestBurst = Setting.integer(
        "portal.requestBurst", standard: 150, in: 1...1_000_000, "Requests that one person may make in a burst.")
    static let anonymousRequestsPerSecond = Setting.integer(
        "portal.anonymousRequestsPerSecond", standard: 200, in: 1...1_000_000,
        "Sustained requests per second of one address without a valid token.")
    static let anonymousRequestBurst = Setting.integer(
        "portal.anonymousRequestBurst", standard: 2000, in: 1...1_000_000,
        "Requests that one address may make in a burst without a valid token.")
    static let uploads = Setting.integer(
        "portal.uploads", standard: 500, in: 1...10_000_000, "Papers that one person may upload within portal.uploadWindow.")
    static let uploadBytes = Setting.integer(
        "portal.uploadBytes", standard: 256 << 20, in: (5 << 20)...(1 << 50),
        "Bytes of papers that one person may upload within portal.uploadWindow; at least the size of one paper.")
    static let uploadWindow = Setting.duration(
        "portal.uploadWindow", standard: .seconds(3600), in: .seconds(1)...(.seconds(86_400)),
        "The period over which a person's uploads are counted.")

    static let all = [
        outcomeWait.declaration, filesPath.declaration, requestsPerSecond.declaration, requestBurst.declaration,
        anonymousRequestsPerSecond.declaration, anonymousRequestBurst.declaration, uploads.declaration, uploadBytes.declaration,
        uploadWindow.declaration,
    ]
}
