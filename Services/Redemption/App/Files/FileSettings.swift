import ServiceHost

/// The folder of uploaded papers, and how long unused ones are kept.
enum FileSettings {
    static let path = Setting.text(
        "files.path", standard: "/var/lib/quan/files",
        "Folder of uploaded papers. The portal writes it, every service may read it; the same for all services of an installation.")
    static let unusedFor = Setting.duration(
        "files.unusedFor", standard: .seconds(7 * 86_400), in: .seconds(86_400)...(.seconds(366 * 86_400)),
        "How long an uploaded file that no redemption uses is kept, by the wall clock, before it is removed.")

    static let all = [path.declaration, unusedFor.declaration]
}
