import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Takes a version of a programme and tells every service. The same version again is told again, so that a new service can be brought up.
struct PublishProgrammeHandler: Handler {
    /// What the operator is told.
    struct Answer: Encodable {
        let programmeID: String
        let version: Int
        /// Whether it was known before.
        let isAgain: Bool
        /// What somebody should look at, a line each.
        let warnings: [String]
    }

    func wants(_ input: PublishProgramme, in rows: inout CatalogueRows) {}

    func handle(_ input: PublishProgramme, context: HandlingContext, rows: inout CatalogueRows, say: inout Said) throws {
        try ProgrammePublication.checkSource(context.envelope.source)
        let loaded = try ProgrammePublication.check(ProgrammeSource(input.files))
        let version = ProgrammeVersion(programmeID: loaded.programme.id, version: loaded.programme.version)
        let published = rows.programmes.contentHash(of: version)
        try ProgrammePublication.checkUnchanged(
            loaded.programme, hash: try input.files.contentHash().hexadecimal, published: published)

        let event = ProgrammePublished(programmeID: version.programmeID, version: version.version, files: input.files)
        try rows.programmes.take(event)
        try say.publish(event, key: version.programmeID)
        try say.answer(
            Answer(
                programmeID: version.programmeID, version: version.version, isAgain: published != nil,
                warnings: loaded.warnings.prefix(ProgrammePublication.faultsToldAtMost).map(\.description)))
    }
}
