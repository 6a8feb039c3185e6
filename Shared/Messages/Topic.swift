/// The names of Kafka's topics. Every service has the same few.
public enum Topic {
    /// Answers to commands of every service.
    public static let replies = "replies"

    /// Where a service takes its commands from.
    public static func commands(of service: String) -> String { "\(service).commands" }

    /// Where a service tells what happened.
    public static func events(of service: String) -> String { "\(service).events" }

    /// Where a service tells that it has set a message aside. It only tells: the message lies in the service's database.
    public static func parked(of service: String) -> String { "\(service).parked" }

    /// The topics a service needs to exist before it starts: its own and the common one.
    public static func all(of service: String) -> [String] {
        [commands(of: service), events(of: service), parked(of: service), replies]
    }
}
