import Access
import Foundation

/// What a caller may see of one kind of thing, by the read table: which things, and which of their fields.
struct Sight: Sendable {
    /// What is known of a thing besides its JSON.
    struct Subject: Sendable, Hashable {
        var enterprise: UUID?
        var institution: UUID?
        /// The organisation that asked for it.
        var asker: UUID?
        /// The programmes it belongs to: one, or for what an institution has in all of them, several.
        var programmes: Set<String> = []
        var programmeVersion: Int?
        var state = ""
    }

    private let entry: ReadTable.Entry
    private let readers: [ReadTable.Reader]
    private let organisation: UUID?
    private let offices: [String: Set<String>]
    private let notices: Notices

    /// - Parameters:
    ///   - principal: the caller; nil for who has not signed in.
    ///   - offices: the offices of the programmes.
    ///   - notices: what the programmes publish of this kind.
    init(_ entry: ReadTable.Entry, of principal: Principal?, offices: Offices = Offices(), notices: Notices = Notices()) {
        self.entry = entry
        self.notices = notices
        organisation = principal?.organisation
        readers = entry.readers.filter { reader in
            switch reader.role {
            case ReadTable.everybody: true
            case ReadTable.anybody: principal != nil
            default: principal?.roles.contains(reader.role) ?? false
            }
        }
        var held: [String: Set<String>] = [:]
        for reader in readers where reader.office == true {
            held[reader.role] = principal.map { offices.programmes(of: $0.organisation, as: reader.role) } ?? []
        }
        self.offices = held
    }

    /// Whether neither offices nor notices have anything to say about it.
    var isPlain: Bool { !readers.contains { $0.office == true || $0.notice == true } }

    /// Whether the table has a reader for the caller's roles at all.
    var isThere: Bool { !readers.isEmpty }

    /// The enterprise whose things are the caller's own; nil for none.
    var enterprise: UUID? { readers.contains { $0.own == .enterprise } ? organisation : nil }

    /// The institution whose things are.
    var institution: UUID? { readers.contains { $0.own == .institution } ? organisation : nil }

    /// The programmes whose things are seen for an office.
    var programmes: [String] { offices.values.reduce(into: Set()) { $0.formUnion($1) }.sorted() }

    /// The states of programmes' versions in which a thing is in public notice, as far as the caller may see that.
    var noticed: [Notices.Place] { readers.contains { $0.notice == true } ? notices.places : [] }

    /// The fields that the caller is shown of a thing; none where it may not see that there is one.
    func fields(of subject: Subject) -> Set<String> {
        var fields: Set<String> = []
        for reader in readers where fits(reader, subject) {
            fields.formUnion(entry.fields(reader))
            if reader.notice == true { fields.formUnion(published(subject)) }
        }
        return fields
    }

    private func fits(_ reader: ReadTable.Reader, _ subject: Subject) -> Bool {
        if let own = reader.own {
            guard let organisation else { return false }
            return switch own {
            case .enterprise: subject.enterprise == organisation
            case .institution: subject.institution == organisation
            case .asker: subject.asker == organisation
            }
        }
        if reader.office == true { return !subject.programmes.isDisjoint(with: offices[reader.role] ?? []) }
        if reader.notice == true { return notices.publishes(subject) != nil }
        return reader.role == ReadTable.everybody
    }

    private func published(_ subject: Subject) -> [String] {
        (notices.publishes(subject) ?? []).compactMap { entry.published?[$0] }
    }
}
