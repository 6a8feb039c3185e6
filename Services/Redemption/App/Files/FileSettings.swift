import ServiceHost

/// Where uploaded papers lie, and how long those are kept that no case uses.
enum FileSettings {
    static let path = Setting.text(
        "files.path", standard: "/var/lib/quan/files",
        "Folder of uploaded papers, which portal writes and every service may read; the same for all services of an installation.")
    static let unusedFor = Setting.duration(
        "files.unusedFor", standard: .seconds(7 * 86_400), in: .seconds(86_400)...(.seconds(366 * 86_400)),
        "How long an uploaded file that no case uses is kept, by the wall clock; after that it is removed.")

    static let all = [path.declaration, unusedFor.declaration]
}
