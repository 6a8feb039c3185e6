import Foundation
import Kafka
import Messaging
import Postgres

/// The settings of a toy process, from its environment.
struct ToySettings {
    enum Role: String { case counter, asker }

    /// A variable is missing or invalid.
    struct InvalidVariable: Error, CustomStringConvertible {
        let name: String
        var description: String { "the variable \(name) is missing or invalid" }
    }

    let role: Role
    let instance: String
    let kafka: KafkaConfiguration
    let database: PostgresConfiguration
    let options: MessagingOptions
    let fault: InjectedFault?
    let poison: Poison?

    init(_ environment: [String: String]) throws {
        func value(_ name: String) throws -> String {
            guard let value = environment[name], !value.isEmpty else { throw InvalidVariable(name: name) }
            return value
        }
        func number(_ name: String) throws -> Int {
            guard let number = Int(try value(name)) else { throw InvalidVariable(name: name) }
            return number
        }
        guard let role = Role(rawValue: try value("TOY_ROLE")) else { throw InvalidVariable(name: "TOY_ROLE") }
        self.role = role
        instance = try value("TOY_INSTANCE")
        kafka = KafkaConfiguration(
            bootstrapServers: try value("TOY_BOOTSTRAP_SERVERS"), clientID: instance,
            properties: environment["TOY_KAFKA_DEBUG"].map { ["debug": $0] } ?? [:])
        var database = PostgresConfiguration(
            host: try value("TOY_DATABASE_HOST"), port: try number("TOY_DATABASE_PORT"), database: try value("TOY_DATABASE_NAME"),
            user: try value("TOY_DATABASE_USER"))
        database.applicationName = instance
        database.maximumConnections = 6
        self.database = database
        var options = Self.options(sessionTimeout: .milliseconds(try number("TOY_SESSION_MILLISECONDS")))
        if environment["TOY_ROWS_A_KEY"] != nil { options.rowsPerParkedKeyAtMost = try number("TOY_ROWS_A_KEY") }
        self.options = options
        poison = try environment["TOY_POISON"].map { Poison(counter: $0, cure: try value("TOY_CURE")) }
        fault = try environment["TOY_SPOIL"].map { name in
            guard let fault = InjectedFault(rawValue: name) else { throw InvalidVariable(name: "TOY_SPOIL") }
            return fault
        }
    }

    /// Short timeouts and small batches, so that recovery from faults is quick and every step is executed often.
    private static func options(sessionTimeout: Duration) -> MessagingOptions {
        var options = MessagingOptions.embeddedBroker
        options.batchAtMost = 40
        options.produceTimeout = .seconds(2)
        options.relayLease = .seconds(5)
        options.gapTimeout = .milliseconds(400)
        options.republishTimeout = .seconds(1)
        options.republishAtMost = 60
        options.sessionTimeout = sessionTimeout
        options.stopDeadline = .seconds(8)
        return options
    }
}
