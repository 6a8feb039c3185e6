import Messaging
import Testing

@testable import ServiceHost

@Suite("A rehearsal's setting")
struct RehearsalSettingTests {
    private func options(_ environment: [String: String]) throws -> MessagingOptions {
        let request = try SettingsRequest.read(
            arguments: [], environment: environment, declarations: HostSettings.all + MessagingSettings.all)
        guard case .run(let settings) = request else { throw StartFailure(.usage, "help was asked for") }
        return MessagingOptions(settings)
    }

    @Test("a command's time is held against the broker's clock, and in a rehearsal, whose clock is another, it is not")
    func bounds() throws {
        #expect(try options([:]).commandTimeBounds == CommandTimeBounds())
        #expect(try options(["QUAN_REHEARSAL": "false"]).commandTimeBounds == CommandTimeBounds())
        #expect(try options(["QUAN_REHEARSAL": "true"]).commandTimeBounds == .unbounded)
    }
}
