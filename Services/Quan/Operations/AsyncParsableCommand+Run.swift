package import ArgumentParser
import Foundation

extension AsyncParsableCommand {
    /// Parses the arguments, runs the command, and ends the process if that fails. In addition to what `main` does, it ends with exit code 64
    /// when a service refuses its settings.
    package static func runAsProgram(_ arguments: [String]) async {
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
        } catch let refused as SettingsRefused {
            // A refused setting is a mistake of usage: the same exit code as a service has for it.
            FileHandle.standardError.write(Data("\(refused)\nquan: nothing was started\n".utf8))
            Foundation.exit(ServiceSupervisor.refusedSettings)
        } catch {
            exit(withError: error)
        }
    }
}
