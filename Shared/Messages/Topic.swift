/// The names of the Kafka topics. Every service has the same set.
public enum Topic {
    /// Answers to commands of every service.
    public static let replies = "replies"

    /// The commands topic of a service.
    public static func commands(of service: String) -> String { "\(service).commands" }

    /// The events topic of a service.
    public static func events(of service: String) -> String { "\(service).events" }

    /// The topic for notices about a service's parked messages. The messages themselves are in the service's database.
    public static func parked(of service: String) -> String { "\(service).parked" }

    /// The topics that must exist before a service starts: its own and the common one.
    public static func all(of service: String) -> [String] {
        [commands(of: service), events(of: service), parked(of: service), replies]
    }
}
