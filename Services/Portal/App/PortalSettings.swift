import ServiceHost

/// The settings of `portal` besides those every service has.
enum PortalSettings {
    static let outcomeWait = Setting.duration(
        "portal.outcomeWait", standard: .seconds(2), in: .milliseconds(10)...(.seconds(20)),
        "How long an answer over HTTP waits for the outcome of what was asked, before it says where to look later.")

    /// Where uploaded papers lie; the same folder for every service that reads them.
    static let filesPath = Setting.text(
        "files.path", standard: "/var/lib/quan/files", "Folder of the content-addressed store of papers, which every service may read.")

    static let all = [outcomeWait.declaration, filesPath.declaration]
}
