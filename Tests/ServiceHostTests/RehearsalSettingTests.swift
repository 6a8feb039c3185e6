import Messaging
import Testing

@testable import ServiceHost

@Suite("The setting rehearsal")
struct RehearsalSettingTests {
    private func options(_ environment: [String: String]) throws -> MessagingOptions {
        let request = try SettingsRequest.read(
            arguments: [], environment: environment, declarations: HostSettings.all + MessagingSettings.all)
        guard case .run(let settings) = request else { throw StartFailure(.usage, "the request is for help") }
        return MessagingOptions(settings)
    }

    @Test("a command's time is compared with the broker's clock, except in a rehearsal, which has a clock of its own")
    func bounds() throws {
        #expect(try options([:]).commandTimeBounds == CommandTimeBounds())
        #expect(try options(["QUAN_REHEARSAL": "false"]).commandTimeBounds == CommandTimeBounds())
        #expect(try options(["QUAN_REHEARSAL": "true"]).commandTimeBounds == .unbounded)
    }
}
