import Foundation
import Kafka
import Messaging
import Postgres

/// What a toy process is told by its environment.
struct ToySettings {
    enum Role: String { case counter, asker }

    /// What is missing or wrong.
    struct Wrong: Error, CustomStringConvertible {
        let name: String
        var description: String { "the variable \(name) is missing or has no value a toy service knows" }
    }

    let role: Role
    let instance: String
    let kafka: KafkaConfiguration
    let database: PostgresConfiguration
    let options: MessagingOptions
    let spoil: Spoil?
    let poison: Poison?

    init(_ environment: [String: String]) throws {
        func value(_ name: String) throws -> String {
            guard let value = environment[name], !value.isEmpty else { throw Wrong(name: name) }
            return value
        }
        func number(_ name: String) throws -> Int {
            guard let number = Int(try value(name)) else { throw Wrong(name: name) }
            return number
        }
        guard let role = Role(rawValue: try value("TOY_ROLE")) else { throw Wrong(name: "TOY_ROLE") }
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
        if environment["TOY_ROWS_A_KEY"] != nil { options.rowsBehindParkedAtMost = try number("TOY_ROWS_A_KEY") }
        self.options = options
        poison = try environment["TOY_POISON"].map { Poison(counter: $0, cure: try value("TOY_CURE")) }
        spoil = try environment["TOY_SPOIL"].map { name in
            guard let spoil = Spoil(rawValue: name) else { throw Wrong(name: "TOY_SPOIL") }
            return spoil
        }
    }

    /// Short times and small batches: faults then cost little waiting, and every step is passed often.
    private static func options(sessionTimeout: Duration) -> MessagingOptions {
        var options = MessagingOptions.embeddedBroker
        options.batchAtMost = 40
        options.produceTimeout = .seconds(2)
        options.relayLease = .seconds(5)
        options.patienceWithHoles = .milliseconds(400)
        options.patienceWithAnswers = .seconds(1)
        options.republishAtMost = 60
        options.sessionTimeout = sessionTimeout
        options.stopDeadline = .seconds(8)
        return options
    }
}
