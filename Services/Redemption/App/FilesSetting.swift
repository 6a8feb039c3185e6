import ServiceHost

/// Where uploaded papers lie.
enum FilesSetting {
    static let path = Setting.text(
        "files.path", standard: "/var/lib/quan/files",
        "Folder of uploaded papers, which portal writes and every service may read; the same for all services of an installation.")
}
